import { type Column, FixedColumn, StructColumn } from '../../../columns/index.js';
import { shiftTimestamp, tryParseUnits, UTC, type Zone, zoneOf } from '../../../datetime/index.js';
import { doublesOf, longsOf } from '../../kernels/numbers.js';
import type { CalendarInterval, Value } from '../../values.js';
import { Constant, readerOf } from '../../vector.js';
import type { Param, WindowDef } from '../define.js';
import { timeOfRow, timeType, timesOf, windowType } from './type.js';

/** A text or an interval; it need not be the same in every row. */
const gap: Param = {
  name: 'gap',
  coerce: (from) =>
    from.kind === 'string' || from.kind === 'calendar_interval'
      ? from
      : from.kind === 'void'
        ? { kind: 'string' }
        : undefined,
};

export const sessionWindow: WindowDef = {
  name: 'session_window',
  group: 'window',
  usage: 'time, gap',
  summary:
    'The session that a row is part of: a struct of `start` and `end`, the end not being part of it. A row alone is one from its time on, as long as the gap; what is grouped by it has one session of those that overlap or touch. The gap may differ from row to row. A row without a time, or whose gap is missing, no interval, or not more than nothing, is in none.',
  examples: [
    ["session_window(TIMESTAMP '2024-05-17 10:07:00', '5 minutes')", '{2024-05-17 10:07:00, 2024-05-17 10:12:00}'],
  ],
  params: [timeOfRow('time'), gap],
  windows: ({ types, zone }) => {
    const time = timeType(types[0]!);
    const type = windowType(time);
    const clock = time.kind === 'timestamp' ? zoneOf(zone) : UTC;
    return {
      type,
      merges: true,
      identity: '',
      assign: ([at, gaps], n) => {
        const times = timesOf(at!, n);
        const values = times.values as BigInt64Array;
        const ends = endsOf(times, gaps!, clock);
        const found = Int32Array.from({ length: n }, (_, i) => i).filter(
          (i) => times.isValid(i) && ends[i]! > values[i]!,
        );
        const columns = [values, ends].map((micros, i) => new FixedColumn(type.fields[i]!.type, micros));
        const whole = found.length === n;
        const children = whole ? columns : columns.map((column) => column.gather(found));
        return { rows: whole ? null : found, windows: new StructColumn(type, found.length, children) };
      },
    };
  },
};

/** Where the session of each row alone ends; where it begins, or before, if it has none. */
function endsOf(times: FixedColumn, gaps: Column | Constant, clock: Zone): BigInt64Array {
  const values = times.values as BigInt64Array;
  if (gaps instanceof Constant) {
    const one = intervalOf(gaps.value);
    if (one === undefined) return values;
    const ends = one.months === 0 && one.days === 0 ? laterBy(values, one.micros) : undefined;
    if (ends !== undefined) return ends;
  }
  const read = readerOf(gaps);
  const known = new Map<Value, CalendarInterval | undefined>();
  return values.map((at, i) => {
    if (!times.isValid(i)) return at;
    const given = read(i);
    let interval = known.get(given);
    if (interval === undefined && !known.has(given)) {
      // Texts come from data: there may be a new one in every row.
      if (known.size < 1000) known.set(given, (interval = intervalOf(given)));
      else interval = intervalOf(given);
    }
    return interval === undefined ? at : shiftTimestamp(at, interval.months, interval.days, interval.micros, clock);
  });
}

const intervalOf = (value: Value): CalendarInterval | undefined => {
  if (value === null) return undefined;
  return typeof value === 'string' ? tryParseUnits(value) : (value as CalendarInterval);
};

function laterBy(values: BigInt64Array, micros: bigint): BigInt64Array | undefined {
  const doubles = doublesOf(values);
  const by = Number(micros);
  return doubles && longsOf(doubles.map((at) => at + by));
}
