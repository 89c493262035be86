/** Sessions of users: clicks with less than half an hour between them, in any order. A session comes when it is over. */
import { count, max, min, sessionWindow, startQuery } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { aggregate, checkpoint, select, withWatermark } from 'sluice/operators';
import { workspace } from './workspace.js';

interface Click {
  readonly user: string;
  readonly page: string;
  readonly at: Date;
}
const click = (user: string, time: string, page: string): Click => ({
  user,
  page,
  at: new Date(`2024-03-01T${time}Z`),
});

const clicks$ = memorySource<Click>({ schema: 'user STRING, page STRING, at TIMESTAMP' });
const sessions$ = clicks$.pipe(
  withWatermark('at', '30 minutes'),
  aggregate({
    by: { user: 'user', session: sessionWindow('at', '30 minutes') },
    values: { clicks: count(), begun: min('at'), ended: max('at'), last: 'max_by(page, at)' },
  }),
  select('user', 'begun', 'ended', 'clicks', 'last'),
  checkpoint(workspace('sessions')('checkpoint')),
);

const sink = memorySink({ queryName: 'sessions' });
const query = startQuery({ from: sessions$, to: sink });
const batches = [
  [click('ada', '09:00:00', '/'), click('grace', '09:10:00', '/'), click('ada', '09:45:00', '/docs')],
  // It joins what would have been two sessions of ada's.
  [click('ada', '09:25:00', '/install'), click('grace', '09:55:00', '/blog')],
  [click('edsger', '11:00:00', '/')],
];
for (const batch of batches) {
  clicks$.addData(batch);
  await query.processAllAvailable();
}
await query.stop();
for (const row of sink.rows) console.log(row);
