import { join } from 'node:path';
import { fileSink, fileSource, memorySink } from '../../../../connectors/index.js';
import { startQuery } from '../../../../lib/index.js';
import { memorySource } from '../../../../connectors/memory/index.js';
import { checkpoint, trigger } from '../../../../operators/index.js';
import { tempDir } from '../../../helpers/temp-dir.js';

const schema = 'id LONG, name STRING, amount DOUBLE, at DATE';
const rows = Array.from({ length: 30 }, (_, i) => ({
  id: i,
  name: i % 3 === 0 ? null : `a "${i}", b`,
  amount: i / 4,
  at: new Date(Date.UTC(2024, 0, i)),
}));

const csv = { format: 'csv', engine: 'fast-csv', escape: '"' } as const;
const parquet = { format: 'parquet', engine: 'parquetjs-lite' } as const;

it.each([csv, parquet])('a query writes and reads by %j', async (engine) => {
  const dir = tempDir();
  const source = memorySource({ schema });
  source.addData(rows);
  const from = source.pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'checkpoint')));
  const path = join(dir, 'out');
  await startQuery({ from, to: fileSink({ ...engine, path, maxRecordsPerFile: 7 }) }).awaitTermination();
  for (const reading of [engine, { ...engine, engine: undefined }]) {
    const sink = memorySink();
    const read$ = fileSource({ ...reading, path, schema }).pipe(trigger({ availableNow: true }));
    await startQuery({ from: read$, to: sink }).awaitTermination();
    expect(sink.rows.sort((a, b) => (a as { id: number }).id - (b as { id: number }).id)).toEqual(rows);
  }
});

it.each(['a TIMESTAMP', 'a DECIMAL(9,2)', 'a TIMESTAMP_NTZ', 'a ARRAY<INT>', 'a INTERVAL DAY TO SECOND'])(
  'a source of %s by parquetjs-lite is refused where it is made',
  (ddl) => {
    const refused = expect.objectContaining({ code: 'INVALID_SCHEMA' });
    expect(() => fileSource({ ...parquet, path: __dirname, schema: ddl })).toThrow(refused);
  },
);

it('a sink by parquetjs-lite writes no milliseconds', () => {
  const refused = expect.objectContaining({ details: { option: 'outputTimestampType', engine: 'parquetjs-lite' } });
  const given = { ...parquet, path: 'out', outputTimestampType: 'TIMESTAMP_MILLIS' } as const;
  expect(() => fileSink(given)).toThrow(refused);
});

it.each(['zstd', 'brotli', 'lz4_raw'] as const)('a sink by parquetjs-lite does not compress by %s', (compression) => {
  const refused = expect.objectContaining({
    code: 'INVALID_OPTION',
    details: expect.objectContaining({ option: 'compression' }),
  });
  expect(() => fileSink({ ...parquet, path: 'out', compression })).toThrow(refused);
});
