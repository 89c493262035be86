import type { ErrorCode } from './codes.js';

export { errorCodes, type ErrorCode } from './codes.js';
export { nearest, didYouMean } from './nearest.js';

/** What an error knows beside its text, to be read by programs. Never holds a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error class. `code` says what went wrong and never changes its meaning; `message` says what was being
 * done, to what, what was found and what to do; `details` holds the same facts for programs; `cause` is the error
 * underneath, where there is one.
 *
 * @example
 * ```ts
 * try {
 *   await query.awaitTermination();
 * } catch (error) {
 *   if (error instanceof SluiceError && error.code === 'CHECKPOINT_IN_USE') console.log(error.details.owner);
 * }
 * ```
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.details = options.details ?? {};
  }

  /** `error` itself if it is a `SluiceError`, else a new one of `code` that keeps it as its cause. */
  static from(error: unknown, code: ErrorCode, doing: string, details: ErrorDetails = {}): SluiceError {
    if (error instanceof SluiceError) return error;
    return new SluiceError(code, `${doing}: ${messageOf(error)}`, { cause: error, details });
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`…), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Tells of an error that nobody else will see, as a warning of the process. */
export function warnOf(error: unknown): void {
  const type = error instanceof Error ? error.name : 'Error';
  const code = error instanceof SluiceError ? error.code : undefined;
  process.emitWarning(messageOf(error), { type, ...(code === undefined ? {} : { code }) });
}
