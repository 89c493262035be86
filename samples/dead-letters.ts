/** Records that cannot be read go to a directory of their own, with their place and what is wrong. Mended, they come again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startQuery } from 'sluice';
import { consoleSink, fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, select, selectExpr, trigger, where } from 'sluice/operators';
import { workspace } from './workspace.js';

const at = workspace('dead-letters');
const schema = 'id LONG, shop STRING, amount DOUBLE';

mkdirSync(at('in'));
writeFileSync(
  join(at('in'), 'monday.csv'),
  ['id,shop,amount', '1,Oslo,120.50', '2,Bergen,"75,20"', '3,Oslo', 'four,Bergen,12.00', ''].join('\n'),
);

/** Reads the orders that are new. A batch is done when its rows and its bad records are both durable. */
async function run(): Promise<void> {
  const orders$ = fileSource({
    format: 'csv',
    path: at('in'),
    schema,
    header: true,
    badRecords: fileSink({ format: 'json', path: at('bad') }),
  });
  const query = startQuery({
    from: orders$.pipe(trigger({ availableNow: true }), checkpoint(at('checkpoint'))),
    to: consoleSink(),
  });
  await query.awaitTermination();
  for (const { sources } of query.recentProgress) console.log(`malformed: ${sources[0]?.metrics.numMalformedRecords}`);
}

await run();

const letters$ = fileSource({
  format: 'json',
  path: at('bad'),
  schema: 'record STRING, position STRING, error STRING, rules STRING',
}).pipe(trigger({ availableNow: true }));
await startQuery({
  from: letters$.pipe(selectExpr('record', "regexp_extract(position, '[^/]+$', 0) AS place", 'rules')),
  to: consoleSink({ truncate: false }),
}).awaitTermination();

// Decimal commas can be mended, and go where the orders come from; the checkpoint sees to it that they do so once.
const commas = '"(\\\\d+),(\\\\d+)"';
const mended$ = letters$.pipe(
  where(`record RLIKE '${commas}'`),
  selectExpr(`from_csv(regexp_replace(record, '${commas}', '$1.$2'), '${schema}') AS fixed`),
  select('fixed.*'),
  checkpoint(at('mending')),
);
await startQuery({ from: mended$, to: fileSink({ format: 'csv', path: at('in'), header: true }) }).awaitTermination();

await run();
