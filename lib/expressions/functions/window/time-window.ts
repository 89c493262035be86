import { FixedColumn, StructColumn } from '../../../columns/index.js';
import { MICROS_PER_DAY, zoneOf } from '../../../datetime/index.js';
import { ExpressionError, invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Binding, WindowDef } from '../define.js';
import { constant, optional, text } from '../params.js';
import { type Grid, placeInGrid } from './grid.js';
import { length, microsOfLength } from './length.js';
import { timeOfRow, timeType, timesOf, windowType } from './type.js';

export const timeWindow: WindowDef = {
  name: 'window',
  group: 'window',
  usage: 'time, width[, slide[, start[, zone]]]',
  summary:
    "The windows of a width that hold the time: a struct of `start` and `end`, the end not being part of it. A window begins every `slide`, which is the width unless given; so a row may be in several, and there is then a row for each. They are counted from 1970-01-01 in UTC, moved by `start`. The zone is no argument of Spark's: where it is given they are counted on its clock, in whole days, which have 23 or 25 hours when it is changed. A row without a time is in none. Of a window, its last instant counts.",
  examples: [
    [
      "window(TIMESTAMP '2024-05-17 10:07:00', '10 minutes', '5 minutes')",
      '{2024-05-17 10:05:00, 2024-05-17 10:15:00}; {2024-05-17 10:00:00, 2024-05-17 10:10:00}',
    ],
    [
      "window(TIMESTAMP '2024-05-17 10:07:00', '1 hour', '1 hour', '15 minutes')",
      '{2024-05-17 09:15:00, 2024-05-17 10:15:00}',
    ],
  ],
  params: [
    timeOfRow('time'),
    length('width'),
    optional(length('slide')),
    optional(length('start')),
    optional(constant(text('zone'))),
  ],
  windows: (binding) => {
    const grid = gridOf(binding);
    const type = windowType(timeType(binding.types[0]!));
    return {
      type,
      merges: false,
      identity: `${grid.width} ${grid.slide} ${grid.start} ${grid.zone?.id ?? ''}`,
      assign: ([time], n) => {
        const { rows, starts, ends } = placeInGrid(grid, timesOf(time!, n));
        const children = [starts, ends].map((values, i) => new FixedColumn(type.fields[i]!.type, values));
        return { rows, windows: new StructColumn(type, starts.length, children) };
      },
    };
  },
};

function gridOf({ types, constant: given }: Omit<Binding, 'type'>): Grid {
  const value = (i: number): Value | undefined => (i < types.length ? given(i) : undefined);
  const width = microsOfLength(value(1)!);
  const slide = types.length > 2 ? microsOfLength(value(2)!) : width;
  const start = types.length > 3 ? microsOfLength(value(3)!) : 0n;
  for (const [name, long] of [['width', width] as const, ['slide', slide] as const]) {
    if (long > 0n) continue;
    throw invalid('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', `window: the ${name} must be more than nothing.`);
  }
  const violated = (message: string): never => {
    throw invalid('DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION', `window: ${message}`);
  };
  if (slide > width) violated('the slide must not be more than the width: rows between two windows would be in none.');
  if ((start < 0n ? -start : start) >= slide) violated('the start must be less than the slide, before or after 1970.');
  const zone = value(4);
  if (typeof zone !== 'string') return { width, slide, start, zone: undefined };
  if (width % MICROS_PER_DAY !== 0n || slide % MICROS_PER_DAY !== 0n) {
    violated('with a zone the width and the slide must be whole days. Hours are the same in nearly all zones.');
  }
  // A time without a zone is on a clock already.
  return { width, slide, start, zone: timeType(types[0]!).kind === 'timestamp' ? zoneNamed(zone) : undefined };
}

function zoneNamed(id: string): ReturnType<typeof zoneOf> {
  try {
    return zoneOf(id);
  } catch (error) {
    throw error instanceof ExpressionError ? invalid(error.condition, error.message) : error;
  }
}
