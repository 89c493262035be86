import { join } from 'node:path';
import { memorySink, memorySource } from '../../../connectors/index.js';
import { count, readState, startQuery, sum } from '../../../lib/index.js';
import { aggregate, checkpoint, outputMode } from '../../../operators/index.js';
import { tempDir } from '../../helpers/temp-dir.js';

interface Order {
  shop: string;
  amount: number;
}

describe.each(['memory', 'lmdb'] as const)('a query with state: %s', (state) => {
  it('goes on from its checkpoint, and what it keeps can be read while it runs', async () => {
    const dir = join(tempDir(), 'checkpoint');
    const source = memorySource<Order>({ schema: 'shop STRING, amount BIGINT' });
    const run = async (rows: Order[]): Promise<unknown[]> => {
      const sink = memorySink();
      const flow$ = source.pipe(
        aggregate({ by: { shop: 'shop' }, values: { n: count(), total: sum('amount') } }),
        outputMode('update'),
        checkpoint(dir, { state }),
      );
      const query = startQuery({ from: flow$, to: sink });
      source.addData(rows);
      await query.processAllAvailable();
      const now = await readState(dir);
      expect(now.queryId).toBe(query.id);
      expect(now.stores).toHaveLength(1);
      await query.stop();
      return [...sink.rows];
    };
    expect(await run([{ shop: 'a', amount: 1 }, { shop: 'b', amount: 2 }])).toHaveLength(2); // prettier-ignore
    expect(await run([{ shop: 'a', amount: 10 }])).toEqual([{ shop: 'a', n: 2, total: 11 }]);
    const [store] = (await readState(dir)).stores;
    expect(
      [...store!.rows()].map(({ key }) => key).toSorted((x, y) => (String(x['shop']) < String(y['shop']) ? -1 : 1)),
    ).toEqual([{ shop: 'a' }, { shop: 'b' }]);
    expect((await readState(dir, { batchId: 0 })).stores[0]!.numRows).toBe(2);
  });
});
