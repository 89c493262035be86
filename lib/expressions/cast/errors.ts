import { type DataType, formatType } from '../../schema/index.js';
import { type ExpressionError, failed } from '../errors.js';

const longest = 100;

/** A value in an error, not longer than a line. */
const shown = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest)}…`);

/** For a text that is none of the values of `to`. */
export const malformed = (text: string, from: DataType, to: DataType): ExpressionError =>
  failed(
    'CAST_INVALID_INPUT',
    `The value ${from.kind === 'string' ? `'${shown(text)}'` : text} of the type ${formatType(from)} cannot be cast to ` +
      `${formatType(to)} because it is malformed. Correct the value, or use try_cast to get NULL instead.`,
  );

/** For a value outside of the range of `to`. */
export const overflow = (text: string, from: DataType, to: DataType): ExpressionError =>
  failed(
    'CAST_OVERFLOW',
    `The value ${text} of the type ${formatType(from)} cannot be cast to ${formatType(to)} due to an overflow. ` +
      'Use try_cast to get NULL instead.',
  );

/** For a number with more digits than the decimal type has. */
export const outOfPrecision = (text: string, to: DataType): ExpressionError =>
  failed(
    'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
    `The number ${shown(text)} cannot be represented as ${formatType(to)}. ` +
      'Use try_cast or a type of more digits, or set ansi to false to get NULL instead.',
  );

/** For a text with more digits before the point than any decimal has. */
export const outOfDecimals = (text: string): ExpressionError =>
  failed(
    'NUMERIC_OUT_OF_SUPPORTED_RANGE',
    `The value ${shown(text)} cannot be interpreted as a number: it has more than 38 digits before the point.`,
  );
