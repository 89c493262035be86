/** Events whose properties come as JSON text, other ones each time: a map of them, columns of some, a row for each. */
import { type Flow, startQuery } from 'sluice';
import { consoleSink, memorySource } from 'sluice/connectors';
import { selectExpr, trigger, where, withColumn } from 'sluice/operators';

interface Event {
  id: number;
  properties: string | null;
}

function events(): Flow<Event> {
  const source = memorySource<Event>({ schema: 'id LONG, properties STRING' });
  source.addData([
    { id: 1, properties: '{"color": "red", "size": "L", "price": 12.5}' },
    { id: 2, properties: '{"color": "blue"}' },
    { id: 3, properties: 'not JSON' },
    { id: 4, properties: null },
  ]);
  return source.pipe(trigger({ availableNow: true }));
}

const columns$ = events().pipe(
  withColumn('props', "from_json(properties, 'MAP<STRING, STRING>')"),
  selectExpr('id', "props['color'] AS color", "TRY_CAST(props['price'] AS DECIMAL(8,2)) AS price", 'size(props) AS n'),
);
await startQuery({ from: columns$, to: consoleSink({ truncate: false }) }).awaitTermination();

const rows$ = events().pipe(
  selectExpr('id', "explode(from_json(properties, 'MAP<STRING, STRING>')) AS (property, value)"),
  where("property <> 'price'"),
);
await startQuery({ from: rows$, to: consoleSink({ truncate: false }) }).awaitTermination();
