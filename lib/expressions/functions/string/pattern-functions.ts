import { byteLengthOf, type JavaPattern, javaPattern, repaired } from '../../../text/index.js';
import type { Value } from '../../values.js';
import { Constant, VectorLambda, columnOf, readerOf } from '../../vector.js';
import type { Binding, FunctionDef, ScalarFunction, VectorFunction } from '../define.js';
import { BytesColumn } from '../../../columns/index.js';

/** Searches one text. It need not care for the time that it takes. */
export type Search = (pattern: JavaPattern, text: string, ...more: never[]) => Value;

/**
 * How a function that searches with a regular expression, its second argument, is computed: the pattern is read once
 * if it is constant, and a search that takes too long is ended, over columns with one guard for all rows.
 */
export function searching(search: Search): Pick<FunctionDef, 'evaluate' | 'vector'> {
  const run = search as (pattern: JavaPattern, text: string, ...more: Value[]) => Value;
  return {
    evaluate:
      (): ScalarFunction =>
      (value: string, source: string, ...more: never[]) => {
        const pattern = javaPattern(source);
        const text = repaired(value);
        if (text.length <= pattern.freeLength) return run(pattern, text, ...more);
        return pattern.guard(text.length, () => run(pattern, text, ...more));
      },
    vector: (binding) => overColumn(binding, run),
  };
}

function overColumn(
  binding: Binding,
  run: (pattern: JavaPattern, text: string, ...more: Value[]) => Value,
): VectorFunction | undefined {
  const source = binding.constant(1);
  if (typeof source !== 'string') return undefined;
  let pattern: JavaPattern | undefined;
  return (args, n) => {
    const readers = args.map((arg) => (arg instanceof VectorLambda ? () => null : readerOf(arg)));
    const texts = readers[0]!;
    const more = readers.slice(2);
    const out = new Array<Value>(n).fill(null);
    const row = (i: number): void => {
      const value = texts(i) as string | null;
      if (value === null) return;
      if (more.length === 0) {
        out[i] = run(pattern!, repaired(value));
        return;
      }
      const values = more.map((read) => read(i));
      out[i] = values.includes(null) ? null : run(pattern!, repaired(value), ...values);
    };
    const subject = args[0]!;
    if (subject instanceof Constant && subject.value === null) return new Constant(binding.type, null);
    pattern ??= javaPattern(source);
    pattern.each(n, longestOf(subject), row);
    return columnOf(binding.type, out);
  };
}

/** The length of the longest text, in bytes: no text has more UTF-16 units. */
function longestOf(vector: unknown): number {
  if (vector instanceof Constant) return byteLengthOf(vector.value as string);
  if (!(vector instanceof BytesColumn)) return Infinity;
  const { offsets, length } = vector;
  let most = 0;
  for (let i = 0; i < length; i++) most = Math.max(most, offsets[i + 1]! - offsets[i]!);
  return most;
}
