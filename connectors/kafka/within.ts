/** Whether it resolves within so many milliseconds. */
export async function within(event: Promise<unknown>, millis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), millis)));
  const came = event.then(() => true);
  return Promise.race([came, late]).finally(() => clearTimeout(timer));
}
