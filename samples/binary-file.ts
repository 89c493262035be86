/** Files as they are: an inventory of a directory, with a digest of each. */
import { startQuery } from 'sluice';
import { consoleSink, fileSource } from 'sluice/connectors';
import { selectExpr, trigger } from 'sluice/operators';
import { data } from './workspace.js';

const files$ = fileSource({ format: 'binaryFile', path: data('orders'), pathGlobFilter: '*.csv' }).pipe(
  selectExpr("substring_index(path, '/', -1) AS name", 'length', 'sha2(content, 256) AS sha256'),
  trigger({ availableNow: true }),
);
await startQuery({ from: files$, to: consoleSink({ truncate: false }) }).awaitTermination();
