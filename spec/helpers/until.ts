/** Waits until something is so; fails when it is not so in time, so that a fault is a message and no hang. */
export async function until(done: () => boolean, millis = 10_000): Promise<void> {
  const late = performance.now() + millis;
  while (!done()) {
    if (performance.now() > late) throw new Error(`after ${millis} ms still not so: ${done.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
