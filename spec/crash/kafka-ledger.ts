/** Every seventh row is left out on the way. */
export const keeps = (id: number): boolean => id % 7 !== 0;

/** The key of a row: rows of one key keep their order. Every tenth has none. */
export const keyOf = (id: number): string | null => (id % 10 === 3 ? null : `k${id % 193}`);

/** Rows of any length, so that batches and segments end anywhere. */
export const lineOf = (id: number): string => `${id}|${'x'.repeat(id % 150)}`;

/** The key of records whose transaction is never committed. */
export const abortedKey = 'aborted';

/** What begins the values that others write to the output. */
export const foreignTag = 'foreign';

type Lines = Map<string, number[]>;

/**
 * What went in and what came out, by key, in order. Of each key there has to come out what went in, in that order;
 * rows without a key come in any order.
 */
export class Ledger {
  private readonly wanted: Lines = new Map();
  private readonly found = new Map<string, Lines>();
  private strange: string | undefined;

  /** A record of the input topic, or a row of a file. */
  in(key: string | null, value: string): void {
    const id = Number.parseInt(value, 10);
    if (key === abortedKey) this.strange ??= `an aborted record was read from the input: ${value}`;
    else if (value !== lineOf(id)) this.strange ??= `the input has ${value}`;
    else if (keeps(id)) push(this.wanted, key, id);
  }

  /** A record of the output topic, `<tag>|<line>`. */
  out(key: string | null, value: string): void {
    const [tag, number, pad] = value.split('|') as [string, string?, string?];
    if (tag === foreignTag) return;
    const id = Number(number);
    if (key === abortedKey) this.strange ??= `an aborted record was read from the output: ${value}`;
    else if (number === undefined || pad !== 'x'.repeat(id % 150)) this.strange ??= `the output has ${value}`;
    else {
      let lines = this.found.get(tag);
      if (lines === undefined) this.found.set(tag, (lines = new Map()));
      push(lines, key, id);
    }
  }

  /** How many rows have to come out. */
  get rows(): number {
    return count(this.wanted);
  }

  /** How many rows came out with this tag. */
  rowsOf(tag: string): number {
    return count(this.found.get(tag) ?? new Map());
  }

  /** What is wrong with what came out: so far, or after everything came. */
  complaint(tag: string, part: 'some' | 'all'): string | undefined {
    if (this.strange !== undefined) return this.strange;
    const found = this.found.get(tag) ?? new Map<string, number[]>();
    for (const [key, ids] of found) {
      const complaint = compare(key, this.wanted.get(key) ?? [], ids, part);
      if (complaint !== undefined) return complaint;
    }
    if (part === 'some') return undefined;
    for (const [key, ids] of this.wanted) {
      if (!found.has(key)) return `key ${key}: all ${ids.length} rows are missing`;
    }
    return undefined;
  }

  /** What went in, as lines `key,id`. */
  *lines(): Iterable<string> {
    for (const [key, ids] of this.wanted) for (const id of ids) yield `${key},${id}\n`;
  }
}

const noKey = '';

function push(lines: Lines, key: string | null, id: number): void {
  const ids = lines.get(key ?? noKey);
  if (ids === undefined) lines.set(key ?? noKey, [id]);
  else ids.push(id);
}

function count(lines: Lines): number {
  let n = 0;
  for (const ids of lines.values()) n += ids.length;
  return n;
}

function compare(key: string, wanted: number[], found: number[], part: 'some' | 'all'): string | undefined {
  const told = (what: string): string => `key '${key}': ${found.length} rows, ${wanted.length} went in; ${what}`;
  if (key === noKey) {
    if (part === 'some') return undefined;
    [wanted, found] = [wanted, found].map((ids) => [...ids].sort((a, b) => a - b)) as [number[], number[]];
  }
  const common = Math.min(wanted.length, found.length);
  for (let i = 0; i < common; i++) {
    if (found[i] !== wanted[i]) return told(`row ${i} is ${found[i]} and not ${wanted[i]}, ${kindOf(wanted, found)}`);
  }
  if (part === 'some' || wanted.length === found.length) return undefined;
  return told(kindOf(wanted, found));
}

/** Whether rows are twice, missing, or in another order. */
function kindOf(wanted: readonly number[], found: readonly number[]): string {
  const rest = new Map<number, number>();
  for (const id of wanted) rest.set(id, (rest.get(id) ?? 0) + 1);
  for (const id of found) rest.set(id, (rest.get(id) ?? 0) - 1);
  const twice = [...rest.values()].filter((n) => n < 0).length;
  const missing = [...rest.values()].filter((n) => n > 0).length;
  if (twice === 0 && missing === 0) return 'the order is another';
  return `${twice} are twice, ${missing} are missing`;
}
