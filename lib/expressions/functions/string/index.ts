import type { AnyFunction } from '../define.js';
import { cases } from './case.js';
import { codings } from './coding.js';
import { collations } from './collation.js';
import { formats } from './format.js';
import { joinings } from './joining.js';
import { lengths } from './length.js';
import { likes } from './like.js';
import { maskings } from './masking.js';
import { measures } from './measures.js';
import { paddings } from './padding.js';
import { randomTexts } from './random.js';
import { regexps } from './regexp.js';
import { replacements } from './replace.js';
import { searches } from './search.js';
import { substrings } from './substring.js';
import { trims } from './trim.js';

export const stringFunctions: readonly AnyFunction[] = [
  ...cases,
  ...lengths,
  ...substrings,
  ...trims,
  ...paddings,
  ...searches,
  ...replacements,
  ...likes,
  ...regexps,
  ...codings,
  ...formats,
  ...measures,
  ...joinings,
  ...maskings,
  ...randomTexts,
  ...collations,
];
