import { instantMicros, localMicros, UTC, zoneOf } from '../../../datetime/index.js';
import type { Zone } from '../../../datetime/index.js';
import { string, timestamp as timestampType, timestampNtz as ntzType } from '../../../schema/index.js';
import type { FunctionDef, SpecialDef } from '../define.js';
import { any, optional, text, timestamp, timestampNtz } from '../params.js';
import { taken } from './params.js';

/** The time that the clock of `to` shows at an instant, taken for what the clock of `from` shows. */
const moved = (micros: bigint, from: Zone, to: Zone): bigint => instantMicros(localMicros(micros, to), from);

const fromUtc: FunctionDef = {
  name: 'from_utc_timestamp',
  group: 'datetime',
  usage: 'timestamp, zone',
  summary:
    'Moves a timestamp by the offset of a zone: what was the time in UTC becomes the time there. It is then another instant; prefer to keep the instant and print it in the zone.',
  examples: [["from_utc_timestamp(TIMESTAMP '2020-07-01 12:00:00', 'America/New_York')", '2020-07-01 08:00:00']],
  params: [timestamp('timestamp'), text('zone')],
  returns: timestampType(),
  nullable: false,
  evaluate: () => (micros: bigint, zone: string) => moved(micros, UTC, zoneOf(zone)),
};

const toUtc: FunctionDef = {
  name: 'to_utc_timestamp',
  group: 'datetime',
  usage: 'timestamp, zone',
  summary: 'Moves a timestamp by the offset of a zone: what was the time there becomes the time in UTC.',
  examples: [["to_utc_timestamp(TIMESTAMP '2020-07-01 08:00:00', 'America/New_York')", '2020-07-01 12:00:00']],
  params: [timestamp('timestamp'), text('zone')],
  returns: timestampType(),
  nullable: false,
  evaluate: () => (micros: bigint, zone: string) => moved(micros, zoneOf(zone), UTC),
};

const convertTimezone: SpecialDef = {
  name: 'convert_timezone',
  group: 'datetime',
  usage: '[source, ]target, timestamp',
  summary:
    'The time on the clock of the target zone when the clock of the source zone (that of the session unless given) shows a time.',
  examples: [
    [
      "convert_timezone('America/New_York', 'Europe/Paris', TIMESTAMP_NTZ '2020-07-01 12:00:00')",
      '2020-07-01 18:00:00',
    ],
  ],
  params: [any('source'), any('target'), optional(any('timestamp'))],
  bind: (args, binder) => {
    const all = args.length === 3 ? args : [binder.literal(string(), binder.zone), ...args];
    const params = [text('source'), text('target'), timestampNtz('timestamp')];
    const cast = params.map((param, i) => taken(all[i]!, param, 'convert_timezone', binder));
    const scalar = (source: string, target: string, local: bigint): bigint =>
      localMicros(instantMicros(local, zoneOf(source)), zoneOf(target));
    const nullable = cast.some((arg) => arg.nullable);
    const kernel = { nulls: 'propagate', total: false, deterministic: true, scalar } as const;
    return binder.apply('convert_timezone', cast, ntzType(), nullable, kernel);
  },
};

export const zones: readonly (FunctionDef | SpecialDef)[] = [fromUtc, toUtc, convertTimezone];
