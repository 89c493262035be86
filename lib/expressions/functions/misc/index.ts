import { createHash } from 'node:crypto';
import { type DataType, simpleString } from '../../../schema/index.js';
import { failed, invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { columnOf } from '../../vector.js';
import type { AnyFunction, BatchFacts, FunctionDef, MacroDef, SpecialDef } from '../define.js';
import { any, boolean, long, optional, text } from '../params.js';
import { call } from '../../tree.js';

const string: DataType = { kind: 'string' };

const typeOf: SpecialDef = {
  name: 'typeof',
  group: 'misc',
  usage: 'a',
  summary: 'The name of the type of a value.',
  examples: [
    ['typeof(1)', 'int'],
    ['typeof(array(1.5))', 'array<decimal(2,1)>'],
  ],
  params: [any('a')],
  bind: ([a], binder) => binder.literal(string, simpleString(a!.type)),
};

const assertTrue: FunctionDef = {
  name: 'assert_true',
  group: 'misc',
  usage: 'condition[, message]',
  summary: 'Null where the condition holds; an error with this message where it does not, or is missing.',
  examples: [['assert_true(1 < 2)', 'NULL']],
  params: [boolean('condition'), optional(text('message'))],
  returns: { kind: 'void' },
  nulls: 'handle',
  evaluate:
    () =>
    (condition: boolean | null, message: string | null = null) => {
      if (condition === true) return null;
      throw failed('USER_RAISED_EXCEPTION', message ?? 'The condition of assert_true does not hold.');
    },
};

const raiseError: FunctionDef = {
  name: 'raise_error',
  group: 'misc',
  usage: 'message',
  summary: 'An error with this message, wherever it is computed.',
  examples: [["if(true, 'fine', raise_error('never'))", 'fine']],
  params: [text('message')],
  returns: { kind: 'void' },
  nulls: 'handle',
  evaluate: () => (message: string | null) => {
    throw failed('USER_RAISED_EXCEPTION', message ?? 'null');
  },
};

/** What tells of the file a row came from, and what it is where there is none. */
function ofFile(
  name: string,
  field: string,
  returns: DataType,
  none: Value,
  shown: string,
  summary: string,
): FunctionDef {
  return {
    name,
    group: 'misc',
    usage: '',
    summary,
    examples: [[`${name}()`, shown]],
    params: [],
    returns,
    nullable: 'never',
    hiddenField: ['_metadata', field],
    evaluate: () => () => none,
  };
}

const files = [
  ofFile(
    'input_file_name',
    'file_path',
    string,
    '',
    '',
    'The URI of the file that a row was read from, such as `file:///in/a%20b.csv`. Empty where rows are not from files, and below operators that make other rows.',
  ),
  ofFile(
    'input_file_block_start',
    'file_block_start',
    { kind: 'long' },
    -1n,
    '-1',
    'The byte at which the part of the file begins that a row was read from: 0, since files are one part. -1 where rows are not from files.',
  ),
  ofFile(
    'input_file_block_length',
    'file_block_length',
    { kind: 'long' },
    -1n,
    '-1',
    'How many bytes the part of the file has that a row was read from: those of the file. -1 where rows are not from files.',
  ),
];

/** The random UUID of a draw: the same for the same batch, query and seed, so that a replay gives it again. */
function uuidOf(batch: BatchFacts, seed: bigint | null): string {
  const digest = createHash('sha256')
    .update(`${batch.queryId}/${batch.id}/${seed ?? ''}/${batch.draw()}`)
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x40;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const uuid: FunctionDef = {
  name: 'uuid',
  group: 'misc',
  usage: '[seed]',
  summary: 'A random UUID for each row. A batch that is replayed after a crash gets the same ones.',
  examples: [['length(uuid())', '36']],
  params: [optional(long('seed'))],
  returns: string,
  nullable: 'never',
  deterministic: false,
  evaluate: () => () => null,
  vector:
    ({ constant }) =>
    (_args, n, batch) => {
      const seed = (constant(0) ?? null) as bigint | null;
      return columnOf(
        string,
        Array.from({ length: n }, () => uuidOf(batch, seed)),
      );
    },
};

const version: FunctionDef = {
  name: 'version',
  group: 'misc',
  usage: '',
  summary: 'The version of Spark whose SQL this is.',
  examples: [['version()', '4.0.0']],
  params: [],
  returns: string,
  nullable: 'never',
  total: true,
  evaluate: () => () => '4.0.0',
};

const currentUser: FunctionDef = {
  name: 'current_user',
  aliases: ['user', 'session_user'],
  group: 'misc',
  usage: '',
  summary: 'The user that the process runs as.',
  examples: [['current_user() = user()', 'true']],
  params: [],
  returns: string,
  nullable: 'never',
  total: true,
  evaluate: () => (): Value => process.env.USER ?? process.env.USERNAME ?? '',
};

const equalNull: MacroDef = {
  name: 'equal_null',
  group: 'misc',
  usage: 'a, b',
  summary: 'Whether two values are equal or both missing; as `a <=> b`.',
  examples: [['equal_null(NULL, NULL)', 'true']],
  params: [any('a'), any('b')],
  rewrite: (args) => call('<=>', args),
};

/** Functions whose result depends on how rows are spread over tasks, which a stream cannot repeat. */
function refused(name: string, reason: string): SpecialDef {
  return {
    name,
    group: 'misc',
    usage: '',
    summary: `Refused on streams: ${reason}`,
    examples: [],
    params: [],
    bind: (): never => {
      throw invalid('UNSUPPORTED_STREAMING_FUNCTION', `${name}() cannot be used on a stream: ${reason}`);
    },
  };
}

const perTask = [
  refused(
    'monotonically_increasing_id',
    'its numbers depend on how rows are spread over tasks, and start again with each batch. Use the offsets of the source, uuid() or a hash.',
  ),
  refused('spark_partition_id', 'there are no partitions of Spark here. Use a column of the source.'),
];

export const miscFunctions: readonly AnyFunction[] = [
  typeOf,
  assertTrue,
  raiseError,
  uuid,
  version,
  currentUser,
  equalNull,
  ...files,
  ...perTask,
];
