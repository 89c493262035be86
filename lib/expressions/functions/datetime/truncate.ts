import type { FixedColumn } from '../../../columns/index.js';
import {
  isDateUnit,
  isWholeUnit,
  truncateDate,
  truncateSecond,
  truncateTimestamp,
  truncationUnit,
  wholeSeconds,
  zoneOf,
} from '../../../datetime/index.js';
import { date as dateType, timestamp as timestampType } from '../../../schema/index.js';
import type { FunctionDef } from '../define.js';
import { date, text, timestamp } from '../params.js';
import { mapInstants } from './columns.js';

const trunc: FunctionDef = {
  name: 'trunc',
  group: 'datetime',
  usage: 'date, unit',
  summary:
    "The first day of the 'year' ('yyyy', 'yy'), 'quarter', 'month' ('mon', 'mm') or 'week' (a Monday) of a date. Null for any other unit.",
  examples: [
    ["trunc(DATE '2024-05-17', 'quarter')", '2024-04-01'],
    ["trunc(DATE '2024-05-17', 'day')", 'NULL'],
  ],
  params: [date('date'), text('unit')],
  returns: dateType(),
  total: true,
  evaluate: () => (days: number, name: string) => {
    const unit = truncationUnit(name);
    return unit !== undefined && isDateUnit(unit) ? truncateDate(days, unit) : null;
  },
};

const dateTrunc: FunctionDef = {
  name: 'date_trunc',
  group: 'datetime',
  usage: 'unit, timestamp',
  summary:
    "The beginning of the unit in which a timestamp is, on the clock of the session: those of `trunc`, 'day' ('dd'), 'hour', 'minute', 'second', 'millisecond' and 'microsecond'. Null for any other unit.",
  examples: [["date_trunc('hour', TIMESTAMP '2024-05-17 10:11:12')", '2024-05-17 10:00:00']],
  params: [text('unit'), timestamp('timestamp')],
  returns: timestampType(),
  evaluate: ({ zone }) => {
    const clock = zoneOf(zone);
    return (name: string, micros: bigint) => {
      const unit = truncationUnit(name);
      return unit === undefined ? null : truncateTimestamp(micros, unit, clock);
    };
  },
  vector: ({ constant, zone }) => {
    const name = constant(0);
    const unit = typeof name === 'string' ? truncationUnit(name) : undefined;
    if (unit === undefined || !isWholeUnit(unit)) return undefined;
    const clock = zoneOf(zone);
    const map = mapInstants(
      timestampType(),
      (micros) => truncateSecond(wholeSeconds(micros), unit, clock) * 1e6,
      (micros) => truncateTimestamp(micros, unit, clock),
    );
    return ([, at]) => map(at as FixedColumn);
  },
};

export const truncations: readonly FunctionDef[] = [trunc, dateTrunc];
