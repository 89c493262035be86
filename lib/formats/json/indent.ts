const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^"{}[\],:]+/g;

/** JSON without blanks as Java's Jackson prints it for reading: every field on a line of its own, arrays on one line. */
export function indented(json: string): string {
  let out = '';
  const open: string[] = [];
  let depth = 0;
  let previous = '';
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (const [part] of json.matchAll(token)) {
    const isEnd = part === '}' || part === ']';
    if (isEnd) {
      open.pop();
      if (part === '}') depth--;
      const isEmpty = previous === '{' || previous === '[';
      out += part === ']' || isEmpty ? ' ' : line();
    } else if (previous === '{') {
      out += line();
    } else if (previous === '[') {
      out += ' ';
    }
    out += part === ':' ? ' : ' : part;
    if (part === ',') out += open.at(-1) === '[' ? ' ' : line();
    if (part === '{' || part === '[') open.push(part);
    if (part === '{') depth++;
    previous = part;
  }
  return out;
}
