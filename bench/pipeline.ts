import { join } from 'node:path';
import { type FileSinkOptions, type FileSourceOptions, fileSink, fileSource } from '../connectors/file/index.js';
import { startQuery } from '../lib/index.js';
import { checkpoint, select, trigger, where, withColumn } from '../operators/index.js';
import { csvFormat, ordersDdl } from './data.js';
import { type StraightJob, filteredColumns } from './straight.js';

/** The same job as a pipeline that survives a crash at any moment. */
export async function runPipeline({ from, to, input, outputDir, columns, filtered }: StraightJob): Promise<number> {
  const shared = { path: input, schema: ordersDdl };
  const source: FileSourceOptions =
    from === 'csv' ? { format: 'csv', ...shared, ...csvFormat } : { format: from, ...shared };
  const path = join(outputDir, 'out');
  const sink: FileSinkOptions =
    to === 'csv' ? { format: 'csv', path, header: true, escape: '"' } : { format: 'parquet', path };
  const ends = [trigger({ availableNow: true }), checkpoint(join(outputDir, 'checkpoint'))] as const;
  const read$ = fileSource(source);
  const flow$ = filtered
    ? read$.pipe(where('amount > 100'), withColumn('total', 'amount * qty'), select(...filteredColumns), ...ends)
    : columns === undefined
      ? read$.pipe(...ends)
      : read$.pipe(select(...columns), ...ends);
  const query = startQuery({ from: flow$, to: fileSink(sink) });
  let rows = 0;
  query.progress$.subscribe({ next: ({ sink: { numOutputRows } }) => (rows += numOutputRows), error: () => undefined });
  await query.awaitTermination();
  return rows;
}
