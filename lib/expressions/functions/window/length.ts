import { MICROS_PER_DAY, parseUnits } from '../../../datetime/index.js';
import { ExpressionError, invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Param } from '../define.js';

/** A length of time that is the same in every row: a text such as `'10 minutes'`, or a number of microseconds. */
export const length = (name: string): Param => ({
  name,
  constant: true,
  coerce: (from) => (from.kind === 'string' || from.kind === 'int' || from.kind === 'long' ? from : undefined),
});

/** Microseconds of a length. Months are none: they differ. */
export function microsOfLength(value: Value): bigint {
  if (typeof value === 'bigint' || typeof value === 'number') return BigInt(value);
  const { months, days, micros } = unitsOf(value as string);
  if (months !== 0) {
    throw invalid(
      'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
      `'${value as string}' has no length of its own: months and years differ. Give weeks, days, or less.`,
    );
  }
  return BigInt(days) * MICROS_PER_DAY + micros;
}

function unitsOf(text: string): ReturnType<typeof parseUnits> {
  try {
    return parseUnits(text);
  } catch (error) {
    throw error instanceof ExpressionError ? invalid(error.condition, error.message) : error;
  }
}
