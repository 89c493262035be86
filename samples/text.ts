/** Lines of a log, taken apart by a regular expression. */
import { startQuery } from 'sluice';
import { consoleSink, fileSource } from 'sluice/connectors';
import { selectExpr, trigger, where } from 'sluice/operators';
import { data } from './workspace.js';

const line = '^(\\\\S+) (\\\\w+) (.*)$';

const problems$ = fileSource({ format: 'text', path: data('log'), pathGlobFilter: '*.txt' }).pipe(
  selectExpr(
    `CAST(regexp_extract(value, '${line}', 1) AS TIMESTAMP) AS at`,
    `regexp_extract(value, '${line}', 2) AS level`,
    `regexp_extract(value, '${line}', 3) AS message`,
  ),
  where("level IN ('WARN', 'ERROR')"),
  trigger({ availableNow: true }),
);
await startQuery({ from: problems$, to: consoleSink({ truncate: false }) }).awaitTermination();
