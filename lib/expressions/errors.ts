import { SluiceError } from '../errors/index.js';

/** Where in a text an expression stands: characters `from` to `to` (exclusive). */
export interface Place {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What a function throws when it cannot compute a value (`evaluation`) or does not take these arguments
 * (`analysis`). Whoever knows the place in the text turns it into a `SluiceError`.
 */
export class ExpressionError extends Error {
  constructor(
    readonly phase: 'analysis' | 'evaluation',
    /** Spark's error condition, such as `DIVIDE_BY_ZERO` or `DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE`. */
    readonly condition: string,
    /** What was found and what to do: full sentences, without the place. */
    message: string,
  ) {
    super(message);
  }
}

/** For a value that cannot be computed: `throw failed('DIVIDE_BY_ZERO', 'Division by zero. …')`. */
export const failed = (condition: string, message: string): ExpressionError =>
  new ExpressionError('evaluation', condition, message);

/** For an expression that is wrong whatever the data. */
export const invalid = (condition: string, message: string): ExpressionError =>
  new ExpressionError('analysis', condition, message);

/** The error that users see: it shows the text with a mark under the place. */
export function located(error: ExpressionError, place: Place): SluiceError {
  const unknown = error.condition.startsWith('UNRESOLVED_COLUMN');
  const code = unknown ? 'UNKNOWN_COLUMN' : error.phase === 'analysis' ? 'INVALID_EXPRESSION' : 'EXPRESSION_FAILED';
  const doing = error.phase === 'analysis' ? 'Reading' : 'Computing';
  const message = `${doing} ${excerpt(place)}\n${error.message}`;
  const details = { condition: error.condition, expression: clip(place.text), position: place.from };
  return new SluiceError(code, message, { details, cause: error.cause });
}

const longest = 400;

const clip = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest)}…`);

/** The line of the text that holds the start of the place, at most 80 characters around it, with a mark below. */
function excerpt({ text, from: start, to: end }: Place): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  const from = Math.max(lineStart, start - 60);
  const to = Math.min(lineEnd, Math.max(end, from + 100), from + 160);
  const before = `${from > lineStart ? '…' : ''}${text.slice(from, start)}`;
  const rest = `${text.slice(start, to)}${to < lineEnd ? '…' : ''}`;
  const marks = '^'.repeat(Math.max(1, Math.min(end, to) - start));
  return `an expression at character ${start + 1}:\n  ${before}${rest}\n  ${' '.repeat(before.length)}${marks}`;
}
