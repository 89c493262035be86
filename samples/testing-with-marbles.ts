/** Tests of a pipeline in virtual time: drawn as marbles, and as a script with a restart in it. */
import type { Observable } from 'rxjs';
import type { MicroBatch } from 'sluice';
import { memorySource } from 'sluice/connectors';
import { filterRows, mapRows, microBatch } from 'sluice/operators';
import { addData, expectNewRows, marbles, start, stop, testStream } from 'sluice/testing';

/** What is tested: the operators of an application, as it uses them. */
const loud = (words$: Observable<MicroBatch<{ value: string }>>) =>
  filterRows<{ value: string }>(({ value }) => value !== 'x')(words$).pipe(
    mapRows(({ value }) => ({ value: value.toUpperCase() })),
  );

// One batch in, one batch out; frames are milliseconds of processing time.
marbles(({ cold, batches, expectBatches, expectSettled }) => {
  const { a, b } = batches({ a: 'xy', b: 'z' });
  const words$ = cold('        -a-b-|', { a, b });
  expectBatches(words$.pipe(loud)).toBe('-a-b-|', { a: a.with([{ value: 'Y' }]), b: b.with([{ value: 'Z' }]) });
  expectSettled(words$).toBe('   -a-b');
});

// Rows that are pushed become batches by time and number, without waiting for either.
marbles(({ rx, batches, expectBatches }) => {
  const clicks$ = rx.cold('ab-c|', { a: { value: 'a' }, b: { value: 'b' }, c: { value: 'c' } });
  const { p, q } = batches({ p: 'ab', q: 'c' });
  expectBatches(clicks$.pipe(microBatch({ maxRows: 2, maxDelay: '1 second' }))).toBe('-p--(q|)', { p, q });
});

// A script: feed, expect, stop, feed, start from the checkpoint.
const words = memorySource<{ value: string }>({ schema: 'value STRING' });
await testStream(words.pipe(loud), [
  addData(words, [{ value: 'x' }, { value: 'hello' }]),
  expectNewRows([{ value: 'HELLO' }]),
  stop(),
  addData(words, [{ value: 'again' }]),
  start(),
  expectNewRows([{ value: 'AGAIN' }]),
]);

console.log('All three passed.');
