/** A sink of your own: totals in one JSON file, exactly once, since the batch id is stored with the data in one step. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { startQuery } from 'sluice';
import { defineSink, fileSource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { data, workspace } from './workspace.js';

interface Order {
  shop: string;
  amount: number;
}

interface Totals {
  /** The last batch that is in the totals, of which query. */
  query: string;
  batch: number;
  totals: Record<string, number>;
}

const totalsSink = ({ path }: { path: string }) =>
  defineSink<Order>({
    op: 'totalsSink',
    detail: path,
    supports: { exactlyOnce: true },
    open: ({ queryId }) => ({
      write: (batch) => {
        const before: Totals = existsSync(path)
          ? (JSON.parse(readFileSync(path, 'utf8')) as Totals)
          : { query: queryId, batch: -1, totals: {} };
        // After a crash the same batch comes again: it is in the file already.
        if (before.query === queryId && before.batch >= batch.id) return;
        const totals = { ...before.totals };
        for (const { shop, amount } of batch.rows) totals[shop] = (totals[shop] ?? 0) + amount;
        const next: Totals = { query: queryId, batch: batch.id, totals };
        writeFileSync(`${path}.tmp`, JSON.stringify(next), { flush: true });
        renameSync(`${path}.tmp`, path);
      },
    }),
  });

const at = workspace('custom-sink');
const orders$ = fileSource<Order>({
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DOUBLE, at TIMESTAMP',
  header: true,
  maxFilesPerTrigger: 1,
}).pipe(trigger({ availableNow: true }), checkpoint(at('checkpoint')));

await startQuery({ from: orders$, to: totalsSink({ path: at('totals.json') }) }).awaitTermination();
console.log(JSON.parse(readFileSync(at('totals.json'), 'utf8')));
