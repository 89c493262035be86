/** Without the characters up to the blank at both ends, as Java's `trim`. */
export function javaTrim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 32) from++;
  while (to > from && text.charCodeAt(to - 1) <= 32) to--;
  return cut(text, from, to);
}

/** Without white space and ASCII control characters at both ends, as Spark reads integers, booleans and dates. */
export function trimAll(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return cut(text, from, to);
}

const isBlank = (code: number): boolean => code <= 32 || code === 127;

const cut = (text: string, from: number, to: number): string =>
  from === 0 && to === text.length ? text : text.slice(from, to);
