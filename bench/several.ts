import { join } from 'node:path';
import { fileSink, fileSource, route } from '../connectors/index.js';
import { type Flow, otherwise, startQuery } from '../lib/index.js';
import { checkpoint, trigger, union } from '../operators/index.js';
import { csvFormat, ordersDdl } from './data.js';

/** Orders from one file or two, to one sink or two. */
export interface SeveralJob {
  readonly inputs: readonly string[];
  /** `routed`: the cheap ones to CSV, the others to Parquet. */
  readonly to: 'csv' | 'parquet' | 'routed';
}

export async function runSeveral({ inputs, to }: SeveralJob, outputDir: string): Promise<number> {
  const [first$, ...others] = inputs.map((path, i) =>
    fileSource({ name: `orders-${i}`, format: 'csv', path, schema: ordersDdl, ...csvFormat }),
  );
  let all$: Flow<unknown> = first$!;
  for (const other$ of others) all$ = all$.pipe(union(other$ as Flow<unknown>));
  const csv = fileSink({ format: 'csv', path: join(outputDir, 'csv'), header: true, escape: '"' });
  const parquet = fileSink({ format: 'parquet', path: join(outputDir, 'parquet') });
  const sinks = {
    csv,
    parquet,
    routed: route([
      ['amount < 100', csv],
      [otherwise, parquet],
    ]),
  };
  const from = all$.pipe(trigger({ availableNow: true }), checkpoint(join(outputDir, 'checkpoint')));
  const query = startQuery({ from, to: sinks[to] });
  let rows = 0;
  query.progress$.subscribe({ next: ({ sink: { numOutputRows } }) => (rows += numOutputRows), error: () => undefined });
  await query.awaitTermination();
  return rows;
}
