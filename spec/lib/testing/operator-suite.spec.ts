import { Observable, concatMap, map } from 'rxjs';
import type { MicroBatch } from '../../../lib/index.js';
import { type MarbleRow, batch, operatorSuite } from '../../../lib/testing/index.js';
import { filterRows, flatMapRows, limit, mapRows, outputMode, select, trigger } from '../../../operators/index.js';
import { failuresOf } from './failures.js';

type Batch = MicroBatch<MarbleRow>;
const fail = (): never => {
  throw new Error('no');
};
const value = (row: MarbleRow): MarbleRow => ({ value: row.value.toUpperCase() });
const upper = [...'ABCDEFGH'].map((v) => ({ value: v }));
const failing = (operator: () => ReturnType<typeof mapRows<MarbleRow, MarbleRow>>) => ({
  operator,
  error: 'USER_FUNCTION_FAILED',
});

operatorSuite({
  name: 'mapRows',
  operator: () => mapRows(value),
  output: upper,
  failing: failing(() => mapRows(fail)),
});
operatorSuite({
  name: 'mapRows, asynchronous',
  operator: () =>
    mapRows(
      async (row: MarbleRow) => (
        await new Promise((resolve) => setTimeout(resolve, row.value === 'a' ? 3 : 1)),
        value(row)
      ),
      { concurrency: 3 },
    ),
  output: upper,
  failing: failing(() => mapRows(async () => Promise.resolve().then(fail), { concurrency: 2 })),
});
operatorSuite({
  name: 'flatMapRows',
  operator: () => flatMapRows((row: MarbleRow) => (row.value > 'g' ? [row, row] : [])),
  output: [{ value: 'h' }, { value: 'h' }],
  failing: failing(() => flatMapRows(fail)),
});
operatorSuite({
  name: 'filterRows',
  operator: () => filterRows(({ value: v }: MarbleRow) => v < 'c'),
  output: [{ value: 'a' }, { value: 'b' }],
  failing: failing(() => filterRows(fail)),
});
operatorSuite({ name: 'select', operator: () => select<MarbleRow, 'value'>('value') });
operatorSuite({ name: 'trigger', operator: () => trigger<MarbleRow>({ availableNow: true }) });
operatorSuite({ name: 'outputMode', operator: () => outputMode<MarbleRow>('update') });
operatorSuite({
  name: 'limit',
  operator: () => limit<MarbleRow>(3),
  stateful: true,
  output: [...'abc'].map((v) => ({ value: v })),
});
operatorSuite({
  name: 'rows without a schema',
  input: [{ n: 1 }, { n: 2 }],
  operator: () => mapRows(({ n }: { n: number }) => n * 2),
  output: [2, 4] as never,
});

describe('operatorSuite catches', () => {
  type Op = (source: Observable<Batch>) => Observable<Batch>;
  const each =
    (take: (one: Batch, next: (out: Batch) => void) => void, finish?: (next: (out: Batch) => void) => void): Op =>
    (source) =>
      new Observable((subscriber) => {
        const next = (out: Batch): void => subscriber.next(out);
        return source.subscribe({
          next: (one) => take(one, next),
          error: (error: unknown) => subscriber.error(error),
          complete: () => (finish?.(next), subscriber.complete()),
        });
      });

  it.each<[string, () => Op, string, RegExp]>([
    [
      'a batch that is dropped when it is empty',
      () => each((one, next) => (one.numRows > 0 ? next(one) : undefined)),
      'passes each batch on once, under its id, with its watermark and its settlement',
      /Of batch 1 came 0 batches/,
    ],
    [
      'two batches of one',
      () => each((one, next) => (next(one), next(one))),
      'passes each batch on once, under its id, with its watermark and its settlement',
      /Of batch 0 came 2 batches/,
    ],
    [
      'a batch with a settlement of its own',
      () => map((one: Batch) => batch(one.rows, undefined, one as never)),
      'passes each batch on once, under its id, with its watermark and its settlement',
      /does not share its settlement/,
    ],
    [
      'a result that depends on the batch',
      () => map((one: Batch) => one.with(one.rows.filter((_row, i) => i !== 3))),
      'gives the same however the rows are split over batches, empty ones among them',
      /Of batches of [\d, ]+ rows came: \d rows, expected 7/,
    ],
    [
      'state that no checkpoint keeps',
      () => {
        let seen = 0;
        return map((one: Batch) => one.with(one.rows.filter(() => ++seen <= 5)));
      },
      'gives the same when the query is restarted between batches',
      /Over restarts came: 8 rows, expected 5/,
    ],
    [
      'a batch that is kept and not held',
      () => each((one, next) => void setTimeout(() => next(one), 2)),
      'a batch is settled only when what comes of it is done',
      /Batch 0 came on after it was settled/,
    ],
    [
      'promises without holding',
      () => concatMap(async (one: Batch) => Promise.resolve(one)),
      'passes each batch on once, under its id, with its watermark and its settlement',
      /Batch 0 came on after it was settled/,
    ],
    [
      'a subscription that is left behind',
      () => (source) => new Observable((subscriber) => void source.subscribe((one) => subscriber.next(one))),
      'unsubscribed, it leaves its source and gives nothing more',
      /The source is subscribed still/,
    ],
    [
      'an error that is swallowed',
      () => (source) =>
        new Observable((s) =>
          source.subscribe({ next: (one) => s.next(one), error: () => s.complete(), complete: () => s.complete() }),
        ),
      'an error in the stream goes on at once, after the batches before it',
      /ended otherwise than with the error/,
    ],
  ])('%s', async (_name, operator, name, message) => {
    const failures = await failuresOf((runner) =>
      operatorSuite<MarbleRow>(
        { name: 'x', operator: operator, timeout: 5_000 },
        { ...runner, it: (title, run) => (title === name ? runner.it(title, run) : undefined) },
      ),
    );
    expect(failures.get(name)).toMatch(message);
  });

  it('an error of a user that does not fail the batch', async () => {
    const swallowing = (source: Observable<Batch>): Observable<Batch> =>
      new Observable((subscriber) =>
        source.subscribe(() => {
          subscriber.error(new Error('no'));
        }),
      );
    const failures = await failuresOf((runner) =>
      operatorSuite<MarbleRow>(
        { name: 'x', operator: () => mapRows(value), failing: { operator: () => swallowing as never, error: /no/ } },
        runner,
      ),
    );
    expect([...failures]).toEqual([
      [
        'what its function throws fails the batch and ends the stream',
        expect.stringMatching(/it would have been committed/),
      ],
    ]);
  });
});
