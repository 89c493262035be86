import { dayAt, localMicros, zoneOf } from '../../../datetime/index.js';
import { type DataType, date, string, timestamp, timestampNtz } from '../../../schema/index.js';
import type { Zone } from '../../../datetime/index.js';
import { Constant } from '../../vector.js';
import type { Value } from '../../values.js';
import type { FunctionDef } from '../define.js';

/** What is the same for all rows of a batch, and when the batch is replayed: the time at which it was planned. */
function current(
  name: string,
  aliases: readonly string[],
  summary: string,
  type: DataType,
  compute: (micros: bigint, zone: Zone) => Value,
): FunctionDef {
  return {
    name,
    aliases,
    group: 'datetime',
    usage: '',
    summary: `${summary} It is the same for all rows of a batch, and when the batch is replayed.`,
    examples: [[`${name}() IS NOT NULL`, 'true']],
    params: [],
    returns: type,
    nullable: 'never',
    deterministic: false,
    evaluate: () => () => null,
    vector: ({ zone }) => {
      const clock = zoneOf(zone);
      return (_args, _n, batch) => new Constant(type, compute(batch.timestamp, clock));
    },
  };
}

const currentTimezone: FunctionDef = {
  name: 'current_timezone',
  group: 'datetime',
  usage: '',
  summary: 'The time zone of the session.',
  examples: [['current_timezone()', 'UTC']],
  params: [],
  returns: string(),
  nullable: 'never',
  total: true,
  evaluate:
    ({ zone }) =>
    () =>
      zone,
};

export const currents: readonly FunctionDef[] = [
  current('current_date', ['curdate'], 'The date at which the batch was planned.', date(), dayAt),
  current('current_timestamp', ['now'], 'The time at which the batch was planned.', timestamp(), (micros) => micros),
  current(
    'localtimestamp',
    [],
    'The time at which the batch was planned, on the clock of the session and without a zone.',
    timestampNtz(),
    localMicros,
  ),
  currentTimezone,
];
