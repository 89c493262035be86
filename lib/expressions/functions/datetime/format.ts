import { zoneOf } from '../../../datetime/index.js';
import { string } from '../../../schema/index.js';
import type { FunctionDef } from '../define.js';
import { long, optional, text, timestamp } from '../params.js';
import { printers, usualPattern } from './patterns.js';

const dateFormat: FunctionDef = {
  name: 'date_format',
  group: 'datetime',
  usage: 'timestamp, pattern',
  summary:
    'A date or timestamp as text, by a datetime pattern such as `dd/MM/yyyy HH:mm:ss.SSS XXX`, on the clock of the session.',
  examples: [
    ["date_format(TIMESTAMP '2024-02-29 10:11:12.5', 'EEE, d MMM yyyy HH:mm:ss.SSS')", 'Thu, 29 Feb 2024 10:11:12.500'],
    ["date_format(DATE '2024-02-29', 'QQQ y')", 'Q1 2024'],
  ],
  params: [timestamp('timestamp'), text('pattern')],
  returns: string(),
  nullable: false,
  evaluate: ({ zone, settings }) => {
    const clock = zoneOf(zone);
    const printer = printers(settings);
    return (micros: bigint, pattern: string) => printer(pattern).print(micros, clock);
  },
};

const fromUnixtime: FunctionDef = {
  name: 'from_unixtime',
  group: 'datetime',
  usage: 'seconds[, pattern]',
  summary: `Seconds since 1970-01-01 00:00:00 UTC as text on the clock of the session; the pattern is ${usualPattern} unless given.`,
  examples: [
    ['from_unixtime(0)', '1970-01-01 00:00:00'],
    ["from_unixtime(1709201472, 'dd/MM/yyyy')", '29/02/2024'],
  ],
  params: [long('seconds'), optional(text('pattern'))],
  returns: string(),
  nullable: false,
  evaluate: ({ zone, settings }) => {
    const clock = zoneOf(zone);
    const printer = printers(settings);
    return (seconds: bigint, pattern = usualPattern) =>
      printer(pattern).print(BigInt.asIntN(64, seconds * 1_000_000n), clock);
  },
};

export const formats: readonly FunctionDef[] = [dateFormat, fromUnixtime];
