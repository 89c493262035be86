import { inspect, isDeepStrictEqual } from 'node:util';
import { messageOf, systemCode } from '../errors/index.js';

/** How an error is expected: its code or its whole text, a pattern of its text, its class, or an equal error. */
export type ExpectedError = string | RegExp | (new (...args: never[]) => unknown) | Error | true;

/** A value on one line, cut where it gets long. */
export function show(value: unknown, length = 400): string {
  const text = inspect(value, { depth: 6, breakLength: Infinity, compact: true, maxArrayLength: 50 });
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}

/** A list, one element a line, so that two of them can be compared by eye. */
export function showList(values: readonly unknown[], indent = '    '): string {
  if (values.length === 0) return `${indent}(none)`;
  const shown = values.slice(0, 40).map((value) => `${indent}${show(value)}`);
  if (values.length > shown.length) shown.push(`${indent}... and ${values.length - shown.length} more`);
  return shown.join('\n');
}

export const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

/** Rows as plain values: a row that a decoder made without a prototype is the same row. */
const plain = (rows: readonly unknown[]): unknown[] =>
  rows.map((row) => (typeof row === 'object' && row !== null && !Array.isArray(row) ? { ...row } : row));

export const sameRows = (a: readonly unknown[], b: readonly unknown[]): boolean => same(plain(a), plain(b));

/** What is in one list and not in the other, each counted as often as it is there. */
export function difference(
  actual: readonly unknown[],
  expected: readonly unknown[],
): { missing: unknown[]; extra: unknown[] } {
  const found = new Map<string, unknown[]>();
  // Equal values print alike; those that print alike are compared one by one.
  const keyOf = (value: unknown): string => inspect(value, { depth: 6, sorted: true });
  for (const value of plain(actual)) {
    const key = keyOf(value);
    const list = found.get(key);
    if (list === undefined) found.set(key, [value]);
    else list.push(value);
  }
  const missing = plain(expected).filter((value) => {
    const list = found.get(keyOf(value)) ?? [];
    const i = list.findIndex((v) => same(v, value));
    if (i < 0) return true;
    list.splice(i, 1);
    return false;
  });
  return { missing, extra: [...found.values()].flat() };
}

/** Fails unless the rows are the expected ones; in any order if `ordered` is false. */
export function expectSameRows(
  what: string,
  actual: readonly unknown[],
  expected: readonly unknown[],
  ordered = true,
): void {
  const { missing, extra } = difference(actual, expected);
  const complaint = [];
  if (missing.length > 0) complaint.push(`  missing:\n${showList(missing)}`);
  if (extra.length > 0) complaint.push(`  not expected, or once too often:\n${showList(extra)}`);
  if (complaint.length === 0 && ordered && !sameRows(actual, expected)) {
    complaint.push(`  the same rows in another order:\n${showList(actual)}\n  expected:\n${showList(expected)}`);
  }
  if (complaint.length > 0) {
    throw new Error(`${what}: ${actual.length} rows, expected ${expected.length}.\n${complaint.join('\n')}`);
  }
}

/** Fails unless `condition` holds. */
export function must(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new Error(typeof message === 'string' ? message : message());
}

/** Whether an error is the expected one. */
export function isExpectedError(error: unknown, expected: ExpectedError): boolean {
  if (expected === true) return true;
  if (typeof expected === 'string') {
    return error === expected || systemCode(error) === expected || messageOf(error) === expected;
  }
  if (expected instanceof RegExp) return expected.test(messageOf(error));
  if (typeof expected === 'function') return error instanceof expected;
  return (
    error === expected || (error instanceof Error && error.name === expected.name && error.message === expected.message)
  );
}

export function showError(error: unknown): string {
  const code = systemCode(error);
  return error instanceof Error
    ? `${error.name}${code === undefined ? '' : ` ${code}`}: ${error.message}`
    : show(error);
}

/** Waits for a promise, and fails when it takes too long: a hang is a failure with a name. */
export async function inTime<T>(promise: PromiseLike<T>, millis: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${millis} ms.`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
