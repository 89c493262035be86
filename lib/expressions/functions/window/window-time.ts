import type { StructColumn } from '../../../columns/index.js';
import type { FunctionDef, Param } from '../define.js';
import { isWindowType, lastInstants, timeType } from './type.js';

const ofWindows: Param = { name: 'window', coerce: (from) => (isWindowType(from) ? from : undefined) };

/** Behind what is in windows there may be windows again, and so they need a time. */
export const windowTime: FunctionDef = {
  name: 'window_time',
  group: 'window',
  usage: 'window',
  summary: 'The time of a window for further windows: its last instant, a microsecond before its end.',
  examples: [
    [
      "window_time(named_struct('start', TIMESTAMP '2024-05-17 10:00:00', 'end', TIMESTAMP '2024-05-17 10:10:00'))",
      '2024-05-17 10:09:59.999999',
    ],
  ],
  params: [ofWindows],
  returns: ([type]) => timeType(type!),
  nullable: false,
  total: true,
  evaluate: () => (window: readonly (bigint | null)[]) => (window[1] === null ? null : window[1]! - 1n),
  vector:
    () =>
    ([windows]) =>
      lastInstants(windows as StructColumn),
};
