import { type Observable, map, tap } from 'rxjs';
import type { MicroBatch } from '../../lib/index.js';
import type { SchemaLike } from '../../lib/schema/index.js';
import { batch, marbles } from '../../lib/testing/index.js';

export interface RequiredCases<In, Out> {
  operator: () => (source: Observable<MicroBatch<In>>) => Observable<MicroBatch<Out>>;
  /** The rows of two batches, and what comes of each. */
  rows: [readonly In[], readonly In[]];
  out: [readonly Out[], readonly Out[]];
  schema?: string;
  /** The operator with a callback that throws on the first row, and the code of the error. */
  throwing?: { operator: () => (source: Observable<MicroBatch<In>>) => Observable<MicroBatch<unknown>>; code: string };
}

/** What every operator that turns one batch into one at once has to do, in marbles. */
export function requiredCases<In, Out>({ operator, rows, out, schema, throwing }: RequiredCases<In, Out>): void {
  const make = (id: number, of: readonly In[]): MicroBatch<In> =>
    batch<In>(of, undefined, { id, watermark: 100 + id, ...(schema && { schema: schema as SchemaLike<In> }) });
  const [a, b, e] = [make(0, rows[0]), make(1, rows[1]), make(2, [])];
  const [x, y, z] = [a.with(out[0]), b.with(out[1]), e.with([] as Out[])];

  describe('like every operator', () => {
    it('passes on a stream that never gives anything', () => {
      marbles(({ cold, expectBatches, expectSubscriptions }) => {
        const source = cold<In>('                 -');
        expectBatches(source.pipe(operator())).toBe('-');
        expectSubscriptions(source.subscriptions).toBe('^');
      });
    });

    it('passes on an empty stream', () => {
      marbles(({ cold, expectBatches, expectSubscriptions }) => {
        const source = cold<In>('                 |');
        expectBatches(source.pipe(operator())).toBe('|');
        expectSubscriptions(source.subscriptions).toBe('(^!)');
      });
    });

    it('takes a single batch', () => {
      marbles(({ cold, expectBatches, expectSubscriptions, expectSettled }) => {
        const source = cold('                     --a-|', { a });
        expectBatches(source.pipe(operator())).toBe('--x-|', { x });
        expectSettled(source).toBe('              --a');
        expectSubscriptions(source.subscriptions).toBe('^---!');
      });
    });

    it('takes many batches, an empty one among them', () => {
      marbles(({ hot, expectBatches, expectSubscriptions, expectSettled }) => {
        const source = hot('                      -a^-b-e--a-|', { a, b, e });
        expectBatches(source.pipe(operator())).toBe('--y-z--x-|', { x, y, z });
        expectSettled(source).toBe('              --b-e--a');
        expectSubscriptions(source.subscriptions).toBe('^--------!');
      });
    });

    it('passes on an error, after the batches before it', () => {
      marbles(({ cold, expectBatches, expectSubscriptions, expectSettled }) => {
        const source = cold('                     -a-b-#', { a, b }, new Error('planted'));
        expectBatches(source.pipe(operator())).toBe('-x-y-#', { x, y }, /planted/);
        expectSettled(source).toBe('              -a-b');
        expectSubscriptions(source.subscriptions).toBe('^----!');
      });
    });

    it('leaves its source when it is left, and breaks no chain of unsubscriptions', () => {
      marbles(({ hot, expectBatches, expectSubscriptions }) => {
        const source = hot('                      -a-b-a-|', { a, b });
        const result = source.pipe(
          map((one) => one),
          operator(),
          map((one) => one),
        );
        expectBatches(result, '                   ----!').toBe('-x-y-', { x, y });
        expectSubscriptions(source.subscriptions).toBe('^---!');
      });
    });

    it('a batch is settled when what came of it is, not before, and fails if it failed', () => {
      marbles(({ cold, expectBatches, expectSettled, scheduler }) => {
        const source = cold('                     -a-----b-|', { a, b });
        let error: Error | undefined;
        const slow = source.pipe(
          operator(),
          tap((one) => {
            const done = one.hold();
            scheduler.schedule(() => (done(error), (error = new Error('disk'))), 3);
          }),
        );
        expectBatches(slow).toBe('                -x-----y-|', { x, y });
        expectSettled(source).toBe('              ----a-----#', /disk/);
      });
    });

    if (throwing !== undefined) {
      it('what its callback throws fails the batch and ends the stream', () => {
        marbles(({ cold, expectBatches, expectSubscriptions, expectSettled }) => {
          const source = cold('                   -e-a-b-|', { a, b, e });
          const result = source.pipe(throwing.operator());
          expectBatches(result as Observable<MicroBatch<In>>).toBe('-e-#', { e }, throwing.code);
          expectSettled(source).toBe('            -e-#', throwing.code);
          expectSubscriptions(source.subscriptions).toBe('^--!');
        });
      });
    }
  });
}
