import {
  NEVER,
  type Observable,
  asapScheduler,
  bufferCount,
  concat,
  concatMap,
  mergeWith,
  observeOn,
  race,
} from 'rxjs';
import { catchError, filter, share, throwError, timeout, timer } from 'rxjs';
import { fanOut } from '../lib/connect/index.js';
import { type MicroBatch, startQuery } from '../lib/index.js';
import { checkpoint, retryWithBackoff } from '../operators/index.js';
import { collector, counter, upTo } from './helpers/pipelines.js';
import { tempDir } from './helpers/temp-dir.js';

type Batches = Observable<MicroBatch<{ n: number }>>;
const numbers = (total = 30, name = 'numbers') => counter({ total, name });
let places = 0;
const dir = tempDir();
const place = (): string => `${dir}/${places++}`;

/** What a query over a pipeline writes and commits, and how it ends. */
async function run(pipeline: (source: Batches) => Batches, total = 30) {
  const commits: number[] = [];
  const to = collector();
  const from = pipeline(counter({ total, onCommit: (end) => void commits.push(end) }));
  const ended = await startQuery({ from, to: to.sink })
    .awaitTermination()
    .then(
      () => 'well',
      (error: { code: string }) => error.code,
    );
  return { ns: to.ns, commits, ended };
}

/** The table of docs/composition.md; what spec/operators/checkpoint.spec.ts shows is not here again. */
describe('operators of rxjs on flows', () => {
  it('concat: one source after the other, in one query', async () => {
    const { ns, ended } = await run((a) => concat(a, numbers(5, 'second')).pipe(checkpoint(place())));
    expect([ns, ended]).toEqual([[...upTo(30), ...upTo(5)], 'well']);
  });

  it('merge: two batches of one firing are refused', async () => {
    const { commits, ended } = await run((a) => a.pipe(mergeWith(numbers(30, 'other')), checkpoint(place())));
    expect([commits, ended]).toEqual([[], 'UNSUPPORTED_PIPELINE']);
  });

  it('race: who comes first stays', async () => {
    const { ns, ended } = await run((a) => race(a, NEVER as Batches).pipe(checkpoint(place())));
    expect([ns, ended]).toEqual([upTo(30), 'well']);
  });

  it('catchError: another source takes over in the same query', async () => {
    const broken = throwError(() => new Error('gone')) as Batches;
    const { ns } = await run((a) =>
      concat(a, broken).pipe(
        catchError(() => numbers(5, 'backup')),
        checkpoint(place()),
      ),
    );
    expect(ns).toEqual([...upTo(30), ...upTo(5)]);
  });

  it('timeout: an error of the source, which retry and catchError take', async () => {
    const { ended } = await run(() => numbers(0).pipe(mergeWith(NEVER as Batches), timeout(20), checkpoint(place())));
    expect(ended).toBe('SOURCE_FAILED');
    const { ns } = await run((a) =>
      (NEVER as Batches).pipe(
        timeout(20),
        catchError(() => a),
        checkpoint(place()),
      ),
    );
    expect(ns).toEqual(upTo(30));
  });

  it('share: commits when every branch is done; fanOut is the same', async () => {
    const commits: number[] = [];
    const [a, b] = [collector(), collector(() => new Promise((resolve) => setTimeout(resolve, 5)))];
    const shared$ = counter({ total: 20, onCommit: (end) => void commits.push(end) }).pipe(
      checkpoint(place()),
      share(),
    );
    shared$.subscribe(a.sink);
    await startQuery({ from: shared$, to: fanOut(b.sink) }).awaitTermination();
    expect([a.ns, b.ns, commits]).toEqual([upTo(20), upTo(20), [10, 20]]);
  });

  it('filter: a batch that is dropped is done', async () => {
    const { ns, commits } = await run((a) =>
      a.pipe(
        filter((batch) => batch.id !== 1),
        checkpoint(place()),
      ),
    );
    expect([ns, commits]).toEqual([
      [...upTo(10), ...upTo(30).slice(20)],
      [10, 20, 30],
    ]);
  });

  it('what hands a batch on after its next has returned is too late, and fails the query', async () => {
    const { ended } = await run((a) =>
      a.pipe(
        bufferCount(2),
        concatMap((batches) => batches),
        checkpoint(place()),
      ),
    );
    expect(ended).toBe('CONTRACT_VIOLATED');
  });

  it('so it does while the batch is being committed', async () => {
    const late = (flow: Batches): Batches => flow.pipe(observeOn(asapScheduler), checkpoint(place()));
    expect(await run((a) => late(a), 10)).toMatchObject({ ns: [], ended: 'CONTRACT_VIOLATED' });
  });

  it('retryWithBackoff over timeout: a source that fell silent is asked again', async () => {
    let tries = 0;
    const { ns } = await run((a) =>
      timer(0).pipe(
        concatMap(() => (tries++ === 0 ? (NEVER as Batches) : a)),
        timeout({ first: 1000 }),
        (flow) => flow.pipe(retryWithBackoff({ initial: 5 })),
        checkpoint(place()),
      ),
    );
    expect([ns, tries]).toEqual([upTo(30), 2]);
  });
});
