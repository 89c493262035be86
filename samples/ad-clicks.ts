/**
 * Impressions of advertisements joined with their clicks, which come up to an hour later. An impression without one
 * comes, too, when the watermarks say that no click can follow; so nothing is kept for longer than that.
 */
import { startQuery } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { checkpoint, join, selectExpr, withWatermark } from 'sluice/operators';
import { workspace } from './workspace.js';

interface Seen {
  readonly id: number;
  readonly at: Date;
}
const at = (id: number, time: string): Seen => ({ id, at: new Date(`2024-03-01T${time}Z`) });

const impressions$ = memorySource<Seen>({ name: 'impressions', schema: 'id INT, at TIMESTAMP' });
const clicks$ = memorySource<Seen>({ name: 'clicks', schema: 'id INT, at TIMESTAMP' });
const joined$ = impressions$.pipe(
  withWatermark('at', '10 minutes'),
  join(clicks$.pipe(withWatermark('at', '20 minutes')), {
    on: 'a.id = b.id AND b.at BETWEEN a.at AND a.at + INTERVAL 1 HOUR',
    type: 'leftOuter',
  }),
  selectExpr('a.id AS ad', 'a.at AS seen', 'b.at AS clicked'),
  checkpoint(workspace('ad-clicks')('checkpoint')),
);

const sink = memorySink({ queryName: 'joined' });
const query = startQuery({ from: joined$, to: sink });
const batches: [Seen[], Seen[]][] = [
  [[at(1, '10:00:00'), at(2, '10:05:00'), at(3, '10:10:00')], [at(1, '10:20:00')]],
  [[], [at(2, '11:04:59'), at(3, '11:30:00')]],
  [[at(4, '12:00:00')], [at(4, '12:00:01')]],
];
for (const [impressions, clicks] of batches) {
  impressions$.addData(impressions);
  clicks$.addData(clicks);
  await query.processAllAvailable();
}
console.log('rows that are kept:', query.lastProgress!.stateOperators[0]!.numRowsTotal);
await query.stop();
for (const row of sink.rows) console.log(row);
