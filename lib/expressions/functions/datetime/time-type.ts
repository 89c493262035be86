import { invalid } from '../../errors.js';
import type { SpecialDef } from '../define.js';
import { any, optional, rest } from '../params.js';

/** Functions on the type TIME, which Spark does not support either unless it is switched on. */
const onTimes =
  'make_time to_time try_to_time time_trunc time_diff current_time time_from_seconds time_to_seconds'.split(' ');

export const timeFunctions: readonly SpecialDef[] = onTimes.map((name) => ({
  name,
  group: 'datetime',
  usage: '…',
  summary: 'Refused: there is no type TIME.',
  examples: [],
  params: [optional(rest(any('argument')))],
  bind: () => {
    throw invalid(
      'UNSUPPORTED_TIME_TYPE',
      `There is no type TIME, so no ${name}. Keep times of the day in a timestamp or interval.`,
    );
  },
}));
