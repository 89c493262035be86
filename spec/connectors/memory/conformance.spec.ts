import { type MemorySource, type MemorySink, memorySink, memorySource } from 'sluice/connectors';
import { sinkSuite, sourceSuite } from 'sluice/testing';

interface Item {
  n: number;
}

for (const schema of [undefined, 'n INT']) {
  sourceSuite<Item, MemorySource<Item>>({
    name: `memorySource with ${schema === undefined ? 'rows' : 'columns'}`,
    prepare: () => memorySource<Item>(schema === undefined ? {} : { schema }),
    create: (source) => source,
    feed: (source, count, from) => {
      const rows = Array.from({ length: count }, (_, i) => ({ n: from + i }));
      source.addData(rows);
      return rows;
    },
    supports: { replay: true, limits: 'exact' },
  });
}

sinkSuite<Item, MemorySink<Item>>({
  name: 'memorySink',
  prepare: () => memorySink<Item>(),
  // Exactly once within the process: one sink takes all runs.
  create: (sink) => sink,
  readBack: (sink) => sink.rows,
  row: (n) => ({ n }),
  supports: { exactlyOnce: true, replay: 'skips', outputModes: ['append', 'update', 'complete'] },
});
