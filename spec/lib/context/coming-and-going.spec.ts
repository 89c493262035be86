import { Observable, catchError, concatMap, retry, timeout, timer } from 'rxjs';
import type { MicroBatch } from '../../../lib/batch/index.js';
import { type BatchPlan, inQuery } from '../../../lib/context/index.js';
import { VolatileLog } from '../../../lib/context/log.js';
import type { Flow } from '../../../lib/flow.js';
import { startQuery } from '../../../lib/query/index.js';
import { checkpoint, filterRows, mapRows, union, validate } from '../../../operators/index.js';
import { collector, counter, upTo } from '../../helpers/pipelines.js';
import { tempDir } from '../../helpers/temp-dir.js';

type Row = { n: number };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function run(from: Observable<MicroBatch<Row>>, to = collector()) {
  const ended = await startQuery({ from, to: to.sink })
    .awaitTermination()
    .then(
      () => 'well',
      (error: { code: string }) => error.code,
    );
  return { ended, ns: to.ns, ids: to.batches.map(({ id }) => id) };
}

describe('sources that come and go', () => {
  it('one that comes while another is being opened takes part when it is open itself', async () => {
    const slow = counter({ total: 5, name: 'slow', onOpen: () => pause(20) });
    const late = timer(5).pipe(concatMap(() => counter({ total: 3, name: 'late' })));
    const { ended, ns } = await run(slow.pipe(union(late), checkpoint(tempDir())));
    expect([ended, ns]).toEqual(['well', [...upTo(5), ...upTo(3)]]);
  });

  describe.each(['first', 'second'])(
    'a batch of a union whose %s part is lost comes again, and no sink gets the rest',
    (which) => {
      const unite = (one: Observable<MicroBatch<Row>>): Observable<MicroBatch<Row>> => {
        const other = counter({ total: 30, name: 'other' });
        return which === 'first' ? (one as Flow<Row>).pipe(union(other)) : other.pipe(union(one));
      };
      const schema = { schema: 'n INT' } as const;

      it('as an operator throws', async () => {
        let bad = true;
        const picky = mapRows((row: Row) => {
          if (row.n !== 15 || !bad) return row;
          bad = false;
          throw new Error('planted');
        }, schema);
        const one = counter({ total: 30, name: 'one' }).pipe(picky).pipe(retry(1));
        const { ended, ns, ids } = await run((unite(one) as Flow<Row>).pipe(checkpoint(tempDir())));
        expect([ended, ns.length, ids]).toEqual(['well', 60, [0, 1, 2]]);
      });

      it('as its source is left while an operator is busy', async () => {
        let slow = true;
        const busy = mapRows(
          async (row: Row) => {
            if (row.n === 15 && slow) {
              slow = false;
              await pause(60);
            }
            return row;
          },
          { ...schema, concurrency: 2 },
        );
        const one = counter({ total: 30, name: 'one' })
          .pipe(busy)
          .pipe(timeout({ first: 1000, each: 30 }), retry(9));
        const { ended, ns, ids } = await run((unite(one) as Flow<Row>).pipe(checkpoint(tempDir())));
        expect([ended, ns.length, ids]).toEqual(['well', 60, [0, 1, 2]]);
      });
    },
  );

  it('what is planned in place of a batch that was given up stands after it in the log', async () => {
    const written: string[] = [];
    let open = 0;
    const log = Object.assign(new VolatileLog('q'), {
      plan: async ({ id, sources }: BatchPlan) => {
        expect(++open).toBe(1);
        await pause(written.length === 0 ? 20 : 1);
        open--;
        written.push(`${id} ${Object.keys(sources).join()}`);
      },
    });
    const broken = counter({
      total: 5,
      name: 'broken',
      onRead: () => {
        throw new Error('planted');
      },
    });
    const flow = broken.pipe(catchError(() => counter({ total: 5, name: 'other' })));
    const logged = new Observable<MicroBatch<Row>>((subscriber) =>
      inQuery(subscriber, (context, destination) => {
        context.setLog(log);
        return flow.subscribe(destination);
      }),
    );
    expect((await run(logged)).ns).toEqual(upTo(5));
    expect(written).toEqual(['0 broken', '0 other']);
  });

  describe('catchError over to another source', () => {
    const live = (fail?: 'read' | 'row' | 'letters') => {
      const flow = counter({
        total: 20,
        name: 'live',
        onRead: (from) => {
          if (from === 10 && fail === 'read') throw new Error('planted');
        },
      });
      const letters = validate<Row>({ rules: { any: 'true' }, otherwise: collector().sink as never });
      const picky = mapRows((row: Row) => {
        if (row.n === 15 && (fail === 'row' || fail === 'letters')) throw new Error('planted');
        return row;
      });
      return fail === 'letters' ? flow.pipe(letters, picky) : flow.pipe(picky);
    };
    const archive = () => counter({ total: 20, name: 'archive' }).pipe(filterRows(() => true));
    const flow = (primary: Flow<Row>, dir: string) => primary.pipe(catchError(() => archive())).pipe(checkpoint(dir));

    it.each(['read', 'row'] as const)('gives up the batch in hand, which no sink saw: failed at a %s', async (fail) => {
      const dir = tempDir();
      expect(await run(flow(live(fail), dir))).toEqual({
        ended: 'well',
        ns: [...upTo(10), ...upTo(20)],
        ids: [0, 1, 2],
      });
      // The next run is with the first source again, which goes on where it was committed.
      expect(await run(flow(live(), dir))).toEqual({ ended: 'well', ns: upTo(20).slice(10), ids: [3] });
    });

    it('refuses where somebody had taken it', async () => {
      expect((await run(flow(live('letters'), tempDir()))).ended).toBe('CHECKPOINT_MISMATCH');
    });

    it('refuses a restart over a batch of the other source, unless the first fails again', async () => {
      const dir = tempDir();
      const full = collector((id) => {
        if (id === 2) throw new Error('disk full');
      });
      expect((await run(flow(live('read'), dir), full)).ended).toBe('SINK_FAILED');
      expect((await run(flow(live(), dir))).ended).toBe('CHECKPOINT_MISMATCH');
      const down = counter({
        total: 1,
        name: 'live',
        onOpen: () => {
          throw new Error('still down');
        },
      });
      expect(await run(flow(down, dir))).toEqual({ ended: 'well', ns: upTo(20).slice(10), ids: [2] });
    });
  });
});
