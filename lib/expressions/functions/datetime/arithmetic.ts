import type { Bound } from '../../bound.js';
import type { Binder } from '../define.js';

/**
 * `+ - * / div` where dates, timestamps or intervals take part; undefined where none does. `lenient` gives null
 * instead of an error.
 */
export function temporalArithmetic(
  _operator: string,
  _a: Bound,
  _b: Bound,
  _binder: Binder,
  _lenient: boolean,
): Bound | undefined {
  return undefined;
}
