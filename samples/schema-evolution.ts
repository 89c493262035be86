/** A producer adds a column, and the query goes on: with a column more, or with one for all that is new. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startQuery } from 'sluice';
import { consoleSink, fileSource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { workspace } from './workspace.js';

const at = workspace('schema-evolution');
mkdirSync(at('in'));
const put = (name: string, row: object): void => writeFileSync(join(at('in'), name), `${JSON.stringify(row)}\n`);

/** Reads what is new since the last run, and tells how the columns changed. */
async function run(): Promise<void> {
  const readings$ = fileSource({ format: 'json', path: at('in'), schemaEvolution: 'addColumns' });
  const query = startQuery({
    from: readings$.pipe(trigger({ availableNow: true }), checkpoint(at('checkpoint'))),
    to: consoleSink(),
  });
  query.progress$.subscribe(({ sources }) => {
    const change = sources[0]?.metrics.schemaChange;
    if (change !== undefined) console.log(change);
  });
  await query.awaitTermination();
}

put('1-monday.json', { sensor: 7, celsius: 19.5 });
await run();

// A place: the file begins a batch of other columns, which the checkpoint keeps for all that follow.
put('2-tuesday.json', { sensor: 7, celsius: 20.5, place: 'Oslo' });
put('3-wednesday.json', { sensor: 8, celsius: 4, place: 'Bergen' });
await run();

// A query whose columns must not change keeps what is new, and what does not fit, in a column of its own.
const fixed$ = fileSource({
  format: 'json',
  path: at('in'),
  schema: 'sensor INT, celsius INT',
  schemaEvolution: 'rescue',
}).pipe(trigger({ availableNow: true }));
await startQuery({ from: fixed$, to: consoleSink({ truncate: false }) }).awaitTermination();
