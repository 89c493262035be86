/**
 * An alert by the state of each user: five failed logins without one that worked between them, within ten minutes. What
 * is known of a user is in the checkpoint, and forgotten when nothing has come for ten minutes.
 */
import { startQuery } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { checkpoint, flatMapGroupsWithState, withWatermark } from 'sluice/operators';
import { workspace } from './workspace.js';

interface Login {
  readonly user: string;
  readonly at: Date;
  readonly worked: boolean;
}
const login = (user: string, minute: number, worked: boolean): Login => ({
  user,
  worked,
  at: new Date(Date.UTC(2024, 2, 1, 9, minute)),
});

const logins$ = memorySource<Login>({ schema: 'user STRING, at TIMESTAMP, worked BOOLEAN' });
const tenMinutes = 600_000;

const alerts$ = logins$.pipe(
  withWatermark('at', '1 minute'),
  flatMapGroupsWithState({ by: 'user', initial: () => [] as number[], timeout: 'eventTime' }, (user, logins, state) => {
    if (state.hasTimedOut) {
      state.remove();
      return [{ user, alert: 'quiet again', at: new Date(state.currentWatermark!) }];
    }
    let failed = state.get();
    const alerts = [];
    for (const { at, worked } of [...logins].sort((a, b) => a.at.getTime() - b.at.getTime())) {
      failed = worked ? [] : [...failed.filter((time) => time > at.getTime() - tenMinutes), at.getTime()];
      if (failed.length === 5) alerts.push({ user, alert: '5 failed logins', at });
    }
    if (failed.length === 0) {
      state.remove();
    } else {
      state.update(failed);
      state.setTimeoutTimestamp(Math.max(...failed, state.currentWatermark!), '10 minutes');
    }
    return alerts;
  }),
  checkpoint(workspace('alerts')('checkpoint')),
);

const sink = memorySink({ queryName: 'alerts' });
const query = startQuery({ from: alerts$, to: sink });
for (const batch of [
  [login('eve', 0, false), login('eve', 1, false), login('ada', 1, false)],
  [login('eve', 2, false), login('eve', 3, false), login('ada', 3, true)],
  [login('ada', 4, false), login('eve', 4, false)],
  [login('grace', 30, true)],
]) {
  logins$.addData(batch);
  await query.processAllAvailable();
}
await query.stop();
for (const row of sink.rows) console.log(row);
