import { SluiceError } from '../../lib/errors/index.js';

/** The error that a call throws. */
export function caughtFrom(run: () => unknown): SluiceError {
  try {
    run();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
