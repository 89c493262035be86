import type { OutputMode, PlanNode, StreamingRole } from '../../../lib/plan/index.js';
import { checkPlan } from '../../../lib/plan/index.js';
import { caughtFrom } from '../../helpers/caught-from.js';

const node = (op: string, role?: StreamingRole, inputs: readonly PlanNode[] = []): PlanNode => ({
  kind: inputs.length === 0 ? 'source' : 'operator',
  op,
  detail: '',
  inputs,
  schema: undefined,
  traits: role === undefined ? {} : { role },
  connect: () => {
    throw new Error('It is not run.');
  },
});

const roles = {
  windows: { kind: 'aggregation', closes: true, session: false },
  groups: { kind: 'aggregation', closes: false, session: false },
  sessions: { kind: 'aggregation', closes: true, session: true },
  dedupe: { kind: 'deduplication' },
  join: { kind: 'join', outer: true },
  map: { kind: 'mapGroups' },
  appending: { kind: 'flatMapGroups', mode: 'append' },
  updating: { kind: 'flatMapGroups', mode: 'update' },
  timing: { kind: 'flatMapGroups', mode: 'append', eventTimeout: true },
  sort: { kind: 'sort' },
  limit: { kind: 'limit' },
} as const satisfies Readonly<Record<string, StreamingRole>>;

/** A pipeline of operators, the one nearest to the source first. */
const pipeline = (...ops: readonly (keyof typeof roles | 'plain')[]): PlanNode =>
  ops.reduce<PlanNode>((input, op) => node(op, op === 'plain' ? undefined : roles[op], [input]), node('source'));

/** In which modes a pipeline is taken: `a`, `u`, `c`. */
function takenIn(plan: PlanNode): string {
  const modes: readonly OutputMode[] = ['append', 'update', 'complete'];
  return modes
    .filter((outputMode) => {
      try {
        checkPlan(plan, { outputMode });
        return true;
      } catch {
        return false;
      }
    })
    .map((mode) => mode[0])
    .join('');
}

describe('the rules of output modes', () => {
  // Spark's table, row by row.
  it.each<[string, string, PlanNode]>([
    ['no aggregation', 'au', pipeline('plain')],
    ['groups that the watermark closes', 'auc', pipeline('windows')],
    ['groups that nothing closes', 'uc', pipeline('groups')],
    ['sessions', 'ac', pipeline('sessions')],
    ['an outer join', 'a', pipeline('join')],
    ['deduplication', 'au', pipeline('dedupe')],
    ['mapGroupsWithState', 'u', pipeline('map')],
    ['flatMapGroupsWithState of final rows', 'a', pipeline('appending')],
    ['flatMapGroupsWithState of changes', 'u', pipeline('updating')],
    ['limit', 'a', pipeline('limit')],
    ['limit behind groups', 'ac', pipeline('windows', 'plain', 'limit')],
    ['sort', '', pipeline('sort')],
    ['sort behind groups', 'c', pipeline('groups', 'plain', 'sort', 'limit')],
    ['sort before groups', '', pipeline('sort', 'groups')],
    ['windows of windows', 'a', pipeline('windows', 'windows')],
    ['deduplication of groups', 'a', pipeline('windows', 'dedupe')],
    ['groups of what was deduplicated', 'auc', pipeline('dedupe', 'windows')],
    ['an outer join of groups', 'a', pipeline('windows', 'join')],
    ['groups of final rows of groups with state', 'uc', pipeline('appending', 'groups')],
    ['groups of changes of groups with state', '', pipeline('updating', 'groups')],
    ['groups of what map groups gave', '', pipeline('map', 'groups')],
    ['anything behind event-time timeouts', '', pipeline('timing', 'windows')],
    ['two inputs', 'a', node('union', undefined, [pipeline('windows'), pipeline('join')])],
  ])('%s: %s', (_what, modes, plan) => expect(takenIn(plan)).toBe(modes));

  it('say the mode, the operator, and the way out', () => {
    const error = caughtFrom(() => checkPlan(pipeline('groups')));
    expect(error.code).toBe('UNSUPPORTED_OUTPUT_MODE');
    expect(error.details).toEqual({ outputMode: 'append' });
    expect(error.message).toMatch(/^groups: .*withWatermark.*'update'/);
    expect(caughtFrom(() => checkPlan(pipeline('sort'))).code).toBe('UNSUPPORTED_PIPELINE');
  });

  it('hold for the mode around where nothing else is said', () => {
    expect(() => checkPlan(pipeline('groups'), { around: 'update' })).not.toThrow();
    expect(() => checkPlan(pipeline('join'), { around: 'update' })).toThrow();
  });
});
