import { type DataType, array } from '../../../schema/index.js';
import { type ExpressionError, failed } from '../../errors.js';
import type { Value } from '../../values.js';
import type { FunctionDef } from '../define.js';
import { any, common, int, optional, rest } from '../params.js';

/** The most elements of an array that is made by counting: half a gigabyte. Spark goes on until memory is full. */
export const MAX_ELEMENTS = 2 ** 26;

/** For a count that somebody gave. */
export const tooMany = (name: string, count: number | bigint): ExpressionError =>
  failed(
    'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER',
    `${name} would make an array of ${count} elements; ${MAX_ELEMENTS} are the most.`,
  );

/** For a length that came of the values. */
export const tooLong = (name: string, count: number): ExpressionError =>
  failed(
    'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION',
    `${name} would make an array of ${count} elements; ${MAX_ELEMENTS} are the most.`,
  );

const makeArray: FunctionDef = {
  name: 'array',
  group: 'array',
  usage: '[element, …]',
  summary: 'An array of these values, in the type that they have in common.',
  examples: [['array(1, NULL, 3)', '[1, null, 3]']],
  params: [optional(rest(common(any('element'))))],
  returns: ([type]) => array<DataType>(type ?? { kind: 'void' }),
  nulls: 'handle',
  nullable: 'never',
  total: true,
  evaluate:
    () =>
    (...values: Value[]) =>
      values,
};

const arrayRepeat: FunctionDef = {
  name: 'array_repeat',
  group: 'array',
  usage: 'element, count',
  summary: 'An array that holds the value so many times; none for 0 or less.',
  examples: [["array_repeat('a', 2)", '[a, a]']],
  params: [any('element'), int('count')],
  returns: ([type]) => array<DataType>(type!),
  nulls: 'handle',
  evaluate: () => (value: Value, count: number | null) => {
    if (count === null) return null;
    if (count > MAX_ELEMENTS) throw tooMany('array_repeat', count);
    return new Array<Value>(Math.max(count, 0)).fill(value);
  },
};

export const makers: readonly FunctionDef[] = [makeArray, arrayRepeat];
