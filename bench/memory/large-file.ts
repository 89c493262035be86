/** One CSV file of so many megabytes, to one format or the other. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSink, fileSource } from '../../connectors/index.js';
import { startQuery } from '../../lib/index.js';
import { checkpoint, trigger } from '../../operators/index.js';
import { csvFormat, csvLine, orders, ordersDdl } from '../data.js';

const [megabytes, format] = [Number(process.argv[2]), process.argv[3] as 'csv' | 'parquet'];
const rowsPerBlock = 50_000;
const dir = mkdtempSync(join(tmpdir(), 'sluice-file-'));
try {
  const input = join(dir, 'large.csv');
  const block = Buffer.from([...orders(rowsPerBlock)].map(csvLine).join(''));
  const blocks = Math.ceil((megabytes * 1e6) / block.length);
  const fd = openSync(input, 'w');
  for (let i = 0; i < blocks; i++) writeSync(fd, block);
  closeSync(fd);
  const start = performance.now();
  const orders$ = fileSource({ format: 'csv', path: input, schema: ordersDdl, ...csvFormat, header: false });
  const query = startQuery({
    from: orders$.pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'checkpoint'))),
    to: fileSink({ format, path: join(dir, 'out') }),
  });
  let rows = 0;
  const samples: number[] = [];
  query.progress$.subscribe({
    next: ({ sink }) => {
      rows += sink.numOutputRows;
      samples.push(process.memoryUsage.rss());
    },
    error: () => undefined,
  });
  await query.awaitTermination();
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ rows, expected: blocks * rowsPerBlock, seconds, peak, samples }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
