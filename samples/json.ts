/** JSON lines: columns that are found out from the data, nested ones, a line that is cut off, and compressed files. */
import { startQuery } from 'sluice';
import { consoleSink, fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, select, trigger } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('json');

// No schema: it is that of the files that are there. DROPMALFORMED leaves out what is no JSON, and counts it.
const events$ = fileSource({ format: 'json', path: data('events'), mode: 'DROPMALFORMED', inferTimestamp: true });

const query = startQuery({
  from: events$.pipe(trigger({ availableNow: true }), checkpoint(at('checkpoint'))),
  to: fileSink({ format: 'json', path: at('out'), compression: 'gzip', ignoreNullFields: false }),
});
await query.awaitTermination();

// What was written, read back with a schema: only the fields that it names are looked at.
const users$ = fileSource({
  format: 'json',
  path: at('out'),
  schema: 'id LONG, at TIMESTAMP, user STRUCT<name STRING, tags ARRAY<STRING>>',
}).pipe(select('id', 'at', 'user.name', 'user.tags'), trigger({ availableNow: true }));
await startQuery({ from: users$, to: consoleSink({ truncate: false }) }).awaitTermination();
