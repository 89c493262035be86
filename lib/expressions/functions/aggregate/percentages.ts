import { type DataType, array, double } from '../../../schema/index.js';
import { isNumeric } from '../../coerce.js';
import { invalid } from '../../errors.js';
import type { Binding, Param } from '../define.js';

/** A share of all values, 0 to 1, or an array of shares. Must be constant. */
export const percentageParam = (name: string): Param => ({
  name,
  constant: true,
  coerce: (type: DataType) => {
    if (type.kind === 'array')
      return isNumeric(type.element) || type.element.kind === 'void' ? array(double(), type.containsNull) : undefined;
    return isNumeric(type) || type.kind === 'string' || type.kind === 'void' ? double() : undefined;
  },
});

/** The shares that argument `i` gives. */
export function percentages(binding: Pick<Binding, 'constant'>, i: number, name: string): readonly number[] {
  const given = binding.constant(i);
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  if (list.includes(null)) {
    throw invalid('DATATYPE_MISMATCH.UNEXPECTED_NULL', `The percentage of ${name} must not be null.`);
  }
  if (list.every((share) => typeof share === 'number' && share >= 0 && share <= 1)) return list as readonly number[];
  throw invalid('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', `The percentage of ${name} must be between 0 and 1.`);
}
