/** A directory of so many small CSV files, to one format or the other. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSink, fileSource } from '../../connectors/index.js';
import { startQuery } from '../../lib/index.js';
import { checkpoint, trigger } from '../../operators/index.js';

const [files, format] = [Number(process.argv[2]), process.argv[3] as 'csv' | 'parquet'];
const rowsPerFile = 10;
const dir = mkdtempSync(join(tmpdir(), 'sluice-files-'));
try {
  const input = join(dir, 'in');
  mkdirSync(input);
  for (let i = 0; i < files; i++) {
    const lines = Array.from({ length: rowsPerFile }, (_, k) => `${i * rowsPerFile + k},shop-${k},${k / 4}\n`);
    writeFileSync(join(input, `orders-${i}.csv`), lines.join(''));
  }
  const start = performance.now();
  const orders$ = fileSource({ format: 'csv', path: input, schema: 'id LONG, shop STRING, amount DOUBLE' });
  const query = startQuery({
    from: orders$.pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'checkpoint'))),
    to: fileSink({ format, path: join(dir, 'out') }),
  });
  let rows = 0;
  let batches = 0;
  query.progress$.subscribe({
    next: ({ sink }) => {
      rows += sink.numOutputRows;
      batches++;
    },
    error: () => undefined,
  });
  await query.awaitTermination();
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ rows, expected: files * rowsPerFile, batches, seconds, peak }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
