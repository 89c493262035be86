import { type JavaPattern, PatternError, after, splitBy, translateReplacement } from '../../../text/index.js';
import { charactersOf } from '../../../text/index.js';
import { failed, invalid } from '../../errors.js';
import type { Binding, FunctionDef } from '../define.js';
import { int, optional, text } from '../params.js';
import { searching } from './pattern-functions.js';
import { BOOLEAN, INT, STRING, STRINGS } from './types.js';

/** V8's number of a group; throws where a pattern that was found has no such group. */
function groupOf({ groups, pattern }: JavaPattern, name: string, index: number): number {
  const group = groups[index];
  if (group !== undefined) return group;
  throw failed(
    'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX',
    `${name}: there is no group ${index} in '${pattern.slice(0, 100)}', which has groups 0 to ${groups.length - 1}.`,
  );
}

function extract(pattern: JavaPattern, value: string, index = 1): string {
  const match = pattern.finder.exec(value);
  return match === null ? '' : (match[groupOf(pattern, 'regexp_extract', index)] ?? '');
}

function extractAll(pattern: JavaPattern, value: string, index = 1): string[] {
  const { scanner } = pattern;
  const out: string[] = [];
  scanner.lastIndex = 0;
  for (let match = scanner.exec(value); match !== null; match = scanner.exec(value)) {
    out.push(match[groupOf(pattern, 'regexp_extract_all', index)] ?? '');
    if (match[0] === '') scanner.lastIndex = after(value, match.index);
  }
  return out;
}

function count({ scanner }: JavaPattern, value: string): number {
  let found = 0;
  scanner.lastIndex = 0;
  for (let match = scanner.exec(value); match !== null; match = scanner.exec(value)) {
    found++;
    if (match[0] === '') scanner.lastIndex = after(value, match.index);
  }
  return found;
}

function replaceAll(pattern: JavaPattern, value: string, replacement: string, position = 1): string {
  // What stands before the position is no part of the text that the pattern sees.
  const start = position - 1;
  if (start > 0 && start >= value.length) return value;
  const rest = start === 0 ? value : value.slice(start);
  const before = start === 0 ? '' : value.slice(0, start);
  if (!/[$\\]/.test(replacement)) return before + rest.replace(pattern.scanner, replacement);
  // What is wrong with a replacement is wrong only where there is something to replace.
  if (!pattern.finder.test(rest)) return value;
  try {
    return before + rest.replace(pattern.scanner, translateReplacement(replacement, pattern));
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const shown = replacement.slice(0, 100);
    throw failed('INVALID_REGEXP_REPLACE', `regexp_replace: '${shown}' cannot be put in. ${error.message}`);
  }
}

function split(pattern: JavaPattern, value: string, limit = -1): string[] {
  if (pattern.pattern !== '' || value === '') return splitBy(pattern, value, limit);
  // Into characters, what is left after `limit` of them in one piece.
  const characters = charactersOf(value);
  if (limit <= 0 || limit >= characters.length) return characters;
  return [...characters.slice(0, limit - 1), characters.slice(limit - 1).join('')];
}

const params = [text('str'), text('regexp')];

/** The position must be known beforehand, and be positive. */
function checkPosition(binding: Omit<Binding, 'type'>): typeof STRING {
  if (binding.types.length < 4) return STRING;
  const position = binding.constant(3);
  if (position === undefined) {
    throw invalid('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', 'regexp_replace: the position must be a constant.');
  }
  if (position !== null && (position as number) <= 0) {
    throw invalid(
      'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
      `regexp_replace: the position counts from 1; ${position as number} is none.`,
    );
  }
  return STRING;
}

export const regexps: readonly FunctionDef[] = [
  {
    name: 'rlike',
    aliases: ['regexp_like', 'regexp'],
    group: 'string',
    usage: 'str, regexp',
    summary:
      'Whether the regular expression (in Java’s syntax) is found anywhere in the text. Also `str RLIKE regexp`.',
    examples: [
      ["regexp_like('abc123', r'\\d+')", 'true'],
      ["'Spark' RLIKE '^p'", 'false'],
    ],
    params,
    returns: BOOLEAN,
    nullable: false,
    ...searching(({ finder }, value) => finder.test(value)),
  },
  {
    name: 'regexp_extract',
    group: 'string',
    usage: 'str, regexp[, idx]',
    summary:
      'What group `idx` (default 1; 0 is all) of the first match holds; an empty text if nothing is found. An error if there is no such group.',
    examples: [["regexp_extract('100-200', r'(\\d+)-(\\d+)', 1)", '100']],
    params: [...params, optional(int('idx'))],
    returns: STRING,
    nullable: false,
    ...searching(extract),
  },
  {
    name: 'regexp_extract_all',
    group: 'string',
    usage: 'str, regexp[, idx]',
    summary: 'What group `idx` (default 1; 0 is all) of every match holds.',
    examples: [["regexp_extract_all('100-200, 300-400', r'(\\d+)-(\\d+)', 1)", '[100, 300]']],
    params: [...params, optional(int('idx'))],
    returns: { ...STRINGS, containsNull: true } as FunctionDef['returns'],
    nullable: false,
    ...searching(extractAll),
  },
  {
    name: 'regexp_replace',
    group: 'string',
    usage: 'str, regexp, rep[, position]',
    summary:
      'The text with every match replaced by `rep`, in which `$1` and `${name}` stand for groups. Matches before `position` (a constant, default 1) are left.',
    examples: [["regexp_replace('100-200', r'(\\d+)', 'num')", 'num-num']],
    params: [...params, text('rep'), optional(int('position'))],
    returns: (_, binding) => checkPosition(binding),
    nullable: false,
    ...searching(replaceAll),
  },
  {
    name: 'regexp_substr',
    group: 'string',
    usage: 'str, regexp',
    summary: 'The first match; null if nothing is found, or a match without characters.',
    examples: [
      ["regexp_substr('Steven Jones and Stephen Smith', 'Ste(v|ph)en')", 'Steven'],
      ["regexp_substr('abc', 'x')", 'NULL'],
    ],
    params,
    returns: STRING,
    ...searching((pattern, value) => extract(pattern, value, 0) || null),
  },
  {
    name: 'regexp_count',
    group: 'string',
    usage: 'str, regexp',
    summary: 'How often the regular expression is found.',
    examples: [["regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')", '2']],
    params,
    returns: INT,
    nullable: false,
    ...searching(count),
  },
  {
    name: 'regexp_instr',
    group: 'string',
    usage: 'str, regexp',
    summary: 'Where the first match begins, the first character being 1; 0 if nothing is found.',
    examples: [["regexp_instr('user@spark.apache.org', '@[^.]*')", '5']],
    params: [...params, optional(int('idx'))],
    returns: INT,
    nullable: false,
    ...searching(({ finder }, value) => (finder.exec(value)?.index ?? -1) + 1),
  },
  {
    name: 'split',
    group: 'string',
    usage: 'str, regexp[, limit]',
    summary:
      'The parts between the matches, empty ones too: at most `limit` of them, the last with all the rest; all if `limit` is 0 or less (default -1).',
    examples: [
      ["split('oneAtwoBthreeC', '[ABC]')", '[one, two, three, ]'],
      ["split('oneAtwoBthreeC', '[ABC]', 2)", '[one, twoBthreeC]'],
    ],
    params: [...params, optional(int('limit'))],
    returns: STRINGS,
    nullable: false,
    ...searching(split),
  },
];
