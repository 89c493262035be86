import type { AnyFunction } from '../define.js';
import { additions } from './add.js';
import { currents } from './current.js';
import { extract } from './extract.js';
import { fields } from './fields.js';
import { formats } from './format.js';
import { intervalMakers } from './make-interval.js';
import { makers } from './make.js';
import { parsings } from './parse.js';
import { timeFunctions } from './time-type.js';
import { truncations } from './truncate.js';
import { unixTimes } from './unix.js';
import { zones } from './zones.js';

export const datetimeFunctions: readonly AnyFunction[] = [
  ...fields,
  extract,
  ...additions,
  ...truncations,
  ...formats,
  ...parsings,
  ...unixTimes,
  ...makers,
  ...intervalMakers,
  ...zones,
  ...currents,
  ...timeFunctions,
];
