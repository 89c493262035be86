import { oneOf, parseOptions } from '../lib/options/index.js';
import type { FlowOperator } from '../lib/operator.js';
import type { GroupBy, KeyOf } from './groups/group-key.js';
import type { GroupState } from './groups/group-state.js';
import { type GroupsWithStateOptions, groupsWithState, notPromised } from './groups/groups-with-state.js';

export interface FlatMapGroupsWithStateOptions<Row, By extends GroupBy, S, Out> extends GroupsWithStateOptions<
  Row,
  By,
  S,
  Out
> {
  /**
   * What the rows are: final (`'append'`), or changes of rows before (`'update'`). The query's output mode has to be the
   * same; below `'append'` an aggregation may follow, whose output mode is the query's. Default: what the query has.
   */
  outputMode?: 'append' | 'update';
}

/**
 * As `mapGroupsWithState`, but each call gives any number of rows. With timeouts in event time nothing that keeps state
 * can follow, since the rows may be older than the watermark (UNSUPPORTED_PIPELINE).
 *
 * @example
 * ```ts
 * clicks$.pipe(
 *   withWatermark('at', '10 minutes'),
 *   // One row a session: when no click has come for half an hour.
 *   flatMapGroupsWithState(
 *     { by: 'user', initial: () => ({ n: 0, last: 0 }), timeout: 'eventTime' },
 *     (user, rows, state) => {
 *       const { n, last } = state.get();
 *       if (state.hasTimedOut) {
 *         state.remove();
 *         return [{ user, clicks: n }];
 *       }
 *       const latest = rows.reduce((max, { at }) => Math.max(max, at.getTime()), last);
 *       state.update({ n: n + rows.length, last: latest });
 *       state.setTimeoutTimestamp(latest, '30 minutes');
 *       return [];
 *     },
 *   ),
 * );
 * ```
 */
export function flatMapGroupsWithState<Row, S, Out, const By extends GroupBy>(
  options: FlatMapGroupsWithStateOptions<Row, By, S, Out> & { initial: (key: KeyOf<Row, By>) => S },
  fn: (key: KeyOf<Row, By>, rows: readonly Row[], state: GroupState<S, S>) => Iterable<Out>,
): FlowOperator<Row, Out>;
export function flatMapGroupsWithState<Row, S, Out, const By extends GroupBy>(
  options: FlatMapGroupsWithStateOptions<Row, By, S, Out>,
  fn: (key: KeyOf<Row, By>, rows: readonly Row[], state: GroupState<S>) => Iterable<Out>,
): FlowOperator<Row, Out>;
export function flatMapGroupsWithState<Row, S, Out, const By extends GroupBy>(
  { outputMode, ...options }: FlatMapGroupsWithStateOptions<Row, By, S, Out>,
  fn: (key: KeyOf<Row, By>, rows: readonly Row[], state: never) => Iterable<Out>,
): FlowOperator<Row, Out> {
  const op = 'flatMapGroupsWithState';
  const { outputMode: mode } = parseOptions(op, { outputMode }, { outputMode: oneOf(['append', 'update']) });
  const call = fn as (key: unknown, rows: readonly unknown[], state: GroupState<unknown>) => Iterable<unknown>;
  return groupsWithState(
    op,
    options,
    (key, rows, state, out) => {
      const made = notPromised(call(key, rows, state));
      for (const row of made) out.push(row);
    },
    { kind: 'flatMapGroups', eventTimeout: options.timeout === 'eventTime', ...(mode === undefined ? {} : { mode }) },
  );
}
