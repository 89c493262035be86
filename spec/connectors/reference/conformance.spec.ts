import { type ReferenceRow, referenceSink, referenceSource } from '../../../connectors/reference/index.js';
import { readLog, writeLog } from '../../../connectors/reference/log-file.js';
import { sinkSuite, sourceSuite } from 'sluice/testing';

const rows = (count: number, from: number): ReferenceRow[] =>
  Array.from({ length: count }, (_, i) => ({ value: `row ${from + i}` }));

sourceSuite<ReferenceRow>({
  name: 'referenceSource',
  create: (path) => referenceSource({ path }),
  feed: async (path, count, from) => {
    const log = await readLog(path);
    await writeLog(path, { ...log, records: [...log.records, ...rows(count, from).map((r) => r.value)] });
    return rows(count, from);
  },
  supports: { replay: true, limits: 'exact' },
});

sinkSuite<ReferenceRow>({
  name: 'referenceSink',
  create: (path) => referenceSink({ path }),
  readBack: async (path) => (await readLog(path)).records.map((value) => ({ value })),
  row: (n) => rows(1, n)[0]!,
  schema: 'value STRING',
  supports: { exactlyOnce: true, replay: 'skips' },
});
