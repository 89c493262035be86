import type { FlowOperator } from '../lib/operator.js';
import type { GroupBy, KeyOf } from './groups/group-key.js';
import type { GroupState } from './groups/group-state.js';
import { type GroupsWithStateOptions, groupsWithState, notPromised } from './groups/groups-with-state.js';

/**
 * Calls `fn` once for each key that has rows in the batch, with those rows in their order and what was kept of the key,
 * then once for each key whose timeout has passed; each call gives a row. What is kept is in the checkpoint, and comes
 * back after a crash as the last committed batch left it.
 *
 * Such rows are changes of rows before, so the output mode is `'update'`, and nothing that keeps state can follow; else
 * UNSUPPORTED_OUTPUT_MODE or UNSUPPORTED_PIPELINE. `fn` must not be asynchronous, and give the same for the same; what
 * it throws ends the query with USER_FUNCTION_FAILED.
 *
 * @example
 * ```ts
 * clicks$.pipe(
 *   mapGroupsWithState({ by: 'user', initial: () => ({ n: 0 }) }, (user, rows, state) => {
 *     const { n } = state.get();
 *     state.update({ n: n + rows.length });
 *     return { user, n: n + rows.length };
 *   }),
 *   outputMode('update'),
 * );
 * ```
 */
export function mapGroupsWithState<Row, S, Out extends object, const By extends GroupBy>(
  options: GroupsWithStateOptions<Row, By, S, Out> & { initial: (key: KeyOf<Row, By>) => S },
  fn: (key: KeyOf<Row, By>, rows: readonly Row[], state: GroupState<S, S>) => Out,
): FlowOperator<Row, Out>;
export function mapGroupsWithState<Row, S, Out extends object, const By extends GroupBy>(
  options: GroupsWithStateOptions<Row, By, S, Out>,
  fn: (key: KeyOf<Row, By>, rows: readonly Row[], state: GroupState<S>) => Out,
): FlowOperator<Row, Out>;
export function mapGroupsWithState<Row, S, Out extends object, const By extends GroupBy>(
  options: GroupsWithStateOptions<Row, By, S, Out>,
  fn: (key: KeyOf<Row, By>, rows: readonly Row[], state: never) => Out,
): FlowOperator<Row, Out> {
  const call = fn as (key: unknown, rows: readonly unknown[], state: GroupState<unknown>) => unknown;
  return groupsWithState(
    'mapGroupsWithState',
    options,
    (key, rows, state, out) => {
      const row = notPromised(call(key, rows, state));
      if (typeof row !== 'object' || row === null) {
        throw new TypeError('it must return a row; flatMapGroupsWithState may give none');
      }
      out.push(row);
    },
    { kind: 'mapGroups' },
  );
}
