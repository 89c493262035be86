import type { SluiceError } from '../../../lib/errors/index.js';

/** What a function throws. */
export function caught(run: () => unknown): SluiceError {
  try {
    run();
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error('It did not throw.');
}
