import type { GroupState, GroupTimeout } from 'sluice/operators';

/** How the cases count the rows of a key. */
export interface Counted {
  readonly timeout: GroupTimeout;
  readonly ms: number;
}

export interface Event {
  readonly k: string | null;
  readonly ts: Date;
  readonly end: boolean | null;
}

export const countedSchema = 'k STRING, n LONG, event STRING';

/** The state is the number of rows; a row says what was done with it. */
export function count(
  { timeout, ms }: Counted,
  k: unknown,
  rows: readonly Event[],
  state: GroupState<number>,
): { k: unknown; n: number; event: string } {
  const before = state.get();
  if (state.hasTimedOut) {
    state.remove();
    return { k, n: before!, event: 'timeout' };
  }
  const n = (before ?? 0) + rows.length;
  if (rows.some(({ end }) => end === true)) {
    state.remove();
    return { k, n, event: 'removed' };
  }
  state.update(n);
  if (timeout === 'processingTime') state.setTimeoutDuration(ms);
  if (timeout === 'eventTime') state.setTimeoutTimestamp(Math.max(...rows.map(({ ts }) => ts.getTime())) + ms);
  return { k, n, event: before === undefined ? 'new' : 'update' };
}
