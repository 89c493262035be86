import { SluiceError } from '../../../lib/errors/index.js';
import { type Duration, type Parsed, duration, nonEmptyText, oneOf } from '../../../lib/options/index.js';

/** How several processes share the partitions of a source. */
export interface GroupOptions {
  /**
   * Who reads which partitions. `'all'`: this process reads all of them. `'group'`: the processes that run with the
   * same `groupId` share them, each with a checkpoint directory of its own; when one comes, goes or dies, the others
   * hand over or take over its partitions, from the offsets that are committed to the group. Default `'all'`.
   */
  readonly assignment?: 'all' | 'group';
  /**
   * With `assignment: 'group'`: the name of this process among the members of the group. A process that comes back under
   * its name within `sessionTimeout` finds its partitions as it left them. Two at once with one name: the older one ends
   * with GROUP_MEMBER_FENCED. A member that is named here does not leave the group when its query stops: the others wait
   * for `sessionTimeout`, as with Java's `group.instance.id`. Default: a name that is kept with the checkpoint, and is
   * given up when the query stops in order.
   */
  readonly groupInstanceId?: string;
  /**
   * With `assignment: 'group'`: a member that was not heard of for so long is taken for dead, and its partitions go to
   * others. The broker bounds it (6 seconds to 30 minutes, unless it is told otherwise). Default `'45 seconds'`.
   */
  readonly sessionTimeout?: Duration;
  /**
   * With `assignment: 'group'`: how often the coordinator hears of a member, also while a batch is processed, and so how
   * soon a member hears of a rebalance. Less than `sessionTimeout`, a third of it or less is usual. Default `'3 seconds'`.
   */
  readonly heartbeatInterval?: Duration;
  /**
   * With `assignment: 'group'`: how long the coordinator waits for members to join a rebalance before it goes on without
   * them. Ours join at once, in the middle of a batch, too, so that it need not cover a batch as Java's
   * `max.poll.interval.ms` does: a batch may take as long as it likes. Default `'1 minute'`.
   */
  readonly rebalanceTimeout?: Duration;
}

/** The options of the source that are the group's. */
export const groupSpec = {
  assignment: oneOf(['all', 'group'], 'all'),
  groupInstanceId: nonEmptyText(),
  sessionTimeout: duration(),
  heartbeatInterval: duration(),
  rebalanceTimeout: duration(),
};

/** Durations are milliseconds. */
export interface GroupSettings {
  readonly group: string;
  readonly instanceId: string | undefined;
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  readonly rebalanceTimeout: number;
}

/** What to join; undefined if this process reads everything. */
export function groupSettings(
  what: string,
  options: Parsed<typeof groupSpec> & {
    readonly groupId?: string | undefined;
    readonly commitGroupOffsets?: boolean;
  },
): GroupSettings | undefined {
  const { assignment, groupId, groupInstanceId: instanceId } = options;
  if (assignment === 'all') {
    const names = ['groupInstanceId', 'sessionTimeout', 'heartbeatInterval', 'rebalanceTimeout'] as const;
    const option = names.find((name) => options[name] !== undefined);
    if (option === undefined) return undefined;
    throw new SluiceError('INVALID_OPTION', `${what}: the option '${option}' needs assignment: 'group'.`, {
      details: { option },
    });
  }
  if (groupId === undefined) {
    const message = `${what}: the option 'groupId' is required with assignment: 'group'; the same in every process.`;
    throw new SluiceError('MISSING_OPTION', message, { details: { option: 'groupId' } });
  }
  if (options.commitGroupOffsets === false) {
    const message = `${what}: the option 'commitGroupOffsets' must be true with assignment: 'group': the members need the offsets.`;
    throw new SluiceError('INVALID_OPTION', message, { details: { option: 'commitGroupOffsets' } });
  }
  const { sessionTimeout = 45_000, heartbeatInterval = 3_000, rebalanceTimeout = 60_000 } = options;
  if (heartbeatInterval >= sessionTimeout || heartbeatInterval === 0) {
    const message =
      `${what}: the option 'heartbeatInterval' (${heartbeatInterval} ms) must be more than 0 and less than ` +
      `'sessionTimeout' (${sessionTimeout} ms); a third of it or less is usual.`;
    throw new SluiceError('INVALID_OPTION', message, { details: { option: 'heartbeatInterval' } });
  }
  return { group: groupId, instanceId, sessionTimeout, heartbeatInterval, rebalanceTimeout };
}
