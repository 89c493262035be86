import type { SourceContext } from '../../../lib/connect/index.js';
import type { Cluster } from '../client/cluster.js';
import type { Assignment } from '../source/assignment.js';
import { ask } from '../source/begin.js';
import { OffsetLookup } from '../source/lookup.js';
import { offsetsOf } from '../source/offsets.js';
import { GroupAssignment } from './assignment.js';
import { Coordinator } from './coordinator.js';
import { Membership } from './membership.js';
import type { GroupSettings } from './options.js';
import { Positions } from './positions.js';

/** The share that a process has of the partitions of its group. It joins when it is first asked for partitions. */
export function openGroup(of: {
  readonly cluster: Cluster;
  readonly settings: GroupSettings;
  /** How long brokers may be away, in milliseconds. */
  readonly timeout: number;
  readonly context: SourceContext;
}): Assignment {
  const { cluster, settings, timeout, context } = of;
  const ending = new AbortController();
  const coordinator = new Coordinator(cluster, settings.group, timeout, ending.signal);
  // The same after a restart on the same checkpoint.
  const self = `${context.queryId}-${context.name}`.replace(/[^\w.-]/g, '_');
  const membership = new Membership(coordinator, settings, settings.instanceId ?? self);
  const positions = new Positions(coordinator, membership, self);
  const lookup = new OffsetLookup(cluster, 'read_uncommitted', timeout, ending.signal);
  const assignment = new GroupAssignment(membership, positions, {
    wake: () => context.wake(),
    earliest: async (partitions) => offsetsOf(await ask(partitions, () => 'earliest', lookup)),
    isGivenUp: () => context.signal.aborted,
    close: (leaves) => {
      ending.abort();
      return membership.close(leaves && settings.instanceId === undefined);
    },
  });
  membership.participant = assignment;
  return assignment;
}
