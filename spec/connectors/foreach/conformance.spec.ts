import { foreachBatchSink, foreachSink } from 'sluice/connectors';
import { sinkSuite } from 'sluice/testing';

interface Item {
  id: number;
  name: string;
}

const outputModes = ['append', 'update', 'complete'] as const;

sinkSuite<Item, Item[]>({
  name: 'foreachSink',
  prepare: () => [],
  create: (rows) => foreachSink((row) => rows.push(row)),
  readBack: (rows) => [...rows],
  supports: { exactlyOnce: false, outputModes: ['append', 'update'] },
});

sinkSuite<Item, Item[]>({
  name: 'foreachBatchSink',
  prepare: () => [],
  create: (rows) =>
    foreachBatchSink((batch) => {
      if (batch.query.outputMode === 'complete') rows.length = 0;
      rows.push(...batch.rows);
    }),
  readBack: (rows) => [...rows],
  supports: { exactlyOnce: false, outputModes },
});
