import { MicroBatch, type Settlement } from '../batch/index.js';
import { type AnyBatch, expectHeldOf, settledOf } from './batch.js';
import { type ExpectedError, isExpectedError, must, showError } from './compare.js';

/** How a batch is expected to stand: settled without an error, still held by someone, or settled with that error. */
export type ExpectedSettlement = 'done' | 'not yet' | { readonly error: ExpectedError };

/**
 * Fails unless the batch stands as expected: `'done'` (the default) when everyone who took it is done and nobody had
 * an error, `'not yet'` while someone holds it, `{ error }` when it is settled and failed. An error is told by its
 * code, a pattern of its text, its class, or `true` for any.
 *
 * @example
 * ```ts
 * deliver(a, slowSink);
 * expectSettled(a, 'not yet');
 * await written;
 * expectSettled(a);
 * ```
 */
export function expectSettled(batch: AnyBatch | Settlement, expected: ExpectedSettlement = 'done'): void {
  const name = batch instanceof MicroBatch ? `batch ${batch.id}` : 'the batch';
  const settled = settledOf(batch);
  if (expected === 'not yet') {
    must(settled === undefined, () => `Expected ${name} not to be settled yet, but it is${outcome(settled)}.`);
    return;
  }
  if (settled === undefined) {
    throw new Error(`Expected ${name} to be settled, but it is not: someone holds it still, or nobody handed it on.`);
  }
  if (expected === 'done') {
    must(!('error' in settled), () => `Expected ${name} to be done, but it is settled${outcome(settled)}.`);
    return;
  }
  must(
    'error' in settled,
    () => `Expected ${name} to fail with ${describe(expected.error)}, but it is done, without an error.`,
  );
  must(
    isExpectedError(settled.error, expected.error),
    () => `Expected ${name} to fail with ${describe(expected.error)}, but it is settled${outcome(settled)}.`,
  );
}

/**
 * Fails if the data of a batch made by `batch` was used after the batch was settled, that is, if someone kept it past
 * `next` without holding it. Call it before the test itself looks into the batch again. `marbles` and the suites
 * check this on their own.
 *
 * @example
 * ```ts
 * deliver(a, operatorUnderTest);
 * await everythingIsOver();
 * expectHeld(a);
 * ```
 */
export function expectHeld(batch: AnyBatch): void {
  expectHeldOf(batch);
}

function outcome(settled: { readonly error?: unknown } | undefined): string {
  return settled !== undefined && 'error' in settled ? ` with ${showError(settled.error)}` : '';
}

export function describe(error: ExpectedError): string {
  if (error === true) return 'an error';
  if (typeof error === 'function') return error.name;
  return error instanceof Error ? showError(error) : String(error);
}
