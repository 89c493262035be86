import { SluiceError, messageOf } from '../../lib/errors/index.js';
import { type MaybePromise, isPromise } from '../../lib/maybe-promise.js';

/** USER_FUNCTION_FAILED with what a function of the user's threw. */
export function userFailure(doing: string, details: Readonly<Record<string, unknown>>, cause: unknown): SluiceError {
  return new SluiceError('USER_FUNCTION_FAILED', `${doing}: ${messageOf(cause)}`, { details, cause });
}

/** Calls a function of the user's; what it throws or rejects with becomes USER_FUNCTION_FAILED. */
export function userCall<T>(doing: string, batchId: number, act: () => MaybePromise<T>): MaybePromise<T> {
  const failed = (cause: unknown): never => {
    throw userFailure(doing, { batchId }, cause);
  };
  try {
    const result = act();
    return isPromise(result) ? result.then(undefined, failed) : result;
  } catch (cause) {
    return failed(cause);
  }
}
