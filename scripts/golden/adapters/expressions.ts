import { Table } from '../../../lib/columns/index.js';
import { compileAggregation } from '../../../lib/expressions/aggregate.js';
import { aggregateOf } from '../../../lib/expressions/aggregation/calls.js';
import { type Bound, traitsOf } from '../../../lib/expressions/bound.js';
import { invalid, located } from '../../../lib/expressions/errors.js';
import type { BatchFacts, Binding, GeneratorDef } from '../../../lib/expressions/functions/define.js';
import {
  type Expression,
  type ExpressionSettings,
  type Value,
  Frame,
  Scope,
  defaultSettings,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../lib/expressions/index.js';
import { evaluateRow } from '../../../lib/expressions/row.js';
import { readerOf } from '../../../lib/expressions/vector.js';
import { type DataType, parseType, simpleString, structOf } from '../../../lib/schema/index.js';
import { type Adapter, NotRun, encodeTables, gotError } from '../adapter.js';
import type { GoldenCase, GoldenError, GoldenRows } from '../case.js';
import {
  type Difference,
  type GotError,
  type GotRows,
  type Leniency,
  compareError,
  compareRows,
  compareText,
  compareValue,
} from '../compare.js';
import { encode } from '../values.js';
import { type Input, tableOf } from './writers.js';

interface ExpressionCase extends GoldenCase {
  readonly sql?: string;
  readonly aggregate?: { readonly by: string | null; readonly value: string; readonly where: string | null };
  /** Without it the expression stands alone. */
  readonly input?: Input;
  /** `any`: the same with and without. */
  readonly ansi: boolean | 'any';
  readonly timeZone: string;
  readonly expected: GoldenRows & {
    readonly type?: string;
    readonly value?: unknown;
    readonly values?: readonly unknown[];
    readonly error?: GoldenError;
  };
}

type Got = GotRows & { readonly type?: string; readonly values?: readonly unknown[]; readonly error?: GotError };

/** Expressions over the rows of a table, or over one row without columns; aggregates over its groups. */
export const expressions: Adapter<ExpressionCase, readonly Got[]> = {
  area: 'expr',
  run: (given) => (given.ansi === 'any' ? [true, false] : [given.ansi]).map((ansi) => attempt(given, ansi)),
  compare(given, got) {
    const found = got.map((one) => compareOne(given, one));
    const i = found.findIndex((difference) => difference !== undefined);
    return i > 0 ? `without ANSI: ${found[i]}` : found[i];
  },
};

function attempt(given: ExpressionCase, ansi: boolean): Got {
  const settings = settingsOf(given, ansi);
  // What the cases ask of the current time does not depend on when it is.
  const batch = factsOf(0, 1_600_000_000_000, 'golden');
  const table = given.input === undefined ? new Table(structOf([]), [], 1) : tableOf(given.input);
  try {
    if (given.aggregate === undefined) return values(parseExpression(given.sql!), table, settings, batch);
    const { by, value, where } = given.aggregate;
    const aggregation = {
      ...(by === null ? {} : { by: { g: parseExpression(by) } }),
      values: { v: parseExpression(value) },
      ...(where === null ? {} : { where: parseExpression(where) }),
    };
    return encodeTables([compileAggregation(aggregation, table.schema, settings).over(table, batch)]);
  } catch (error) {
    return { error: gotError(error) };
  }
}

const policies: Readonly<Record<string, keyof ExpressionSettings>> = {
  'spark.sql.mapKeyDedupPolicy': 'mapKeyDedupPolicy',
  'spark.sql.legacy.timeParserPolicy': 'timeParserPolicy',
};

function settingsOf({ conf = {}, timeZone }: ExpressionCase, ansi: boolean): ExpressionSettings {
  const given = Object.entries(conf).map(([name, value]) => {
    const setting = policies[name];
    if (setting === undefined) throw new NotRun(`the setting ${name}`);
    return [setting, value];
  });
  return { ...defaultSettings, ansi, timeZone, ...(Object.fromEntries(given) as Partial<ExpressionSettings>) };
}

function values(expression: Expression, table: Table, settings: ExpressionSettings, batch: BatchFacts): Got {
  if (aggregateOf(expression) !== undefined) {
    const compiled = compileAggregation({ values: { v: expression } }, table.schema, settings);
    const { schema = [], rows = [] } = encodeTables([compiled.over(table, batch)]);
    return { type: schema[0]![1], values: rows.map(([value]) => value) };
  }
  let generate: { readonly type: DataType; rowsOf(frame: Frame): readonly Value[] } | undefined;
  const bound = resolve(expression, Scope.of(table.schema), settings, {
    generator: (definition, _call, args, binding) => {
      generate = generator(definition, args, binding);
      return { kind: 'literal', type: generate.type, value: null, nullable: true };
    },
  });
  const frame = new Frame(table.columns, table.numRows, batch);
  const type = simpleString(bound.type);
  if (generate !== undefined) return { type, values: generate.rowsOf(frame).map((v) => encode(bound.type, v)) };
  const read = readerOf(evaluate(bound, frame));
  const found = Array.from({ length: table.numRows }, (_, i) => encode(bound.type, read(i)));
  const alone = traitsOf(bound).deterministic ? rowByRow(bound, table, batch) : found;
  const difference = compareText(found, alone, 'a row at a time');
  if (difference !== undefined) throw new Error(`Over columns something else comes out than ${difference}`);
  return { type, values: found };
}

/** What the expression gives a row at a time, which columns must give, too. */
function rowByRow(bound: Bound, table: Table, batch: BatchFacts): readonly unknown[] {
  const inputs = table.columns.map(readerOf);
  const variable = (): never => {
    throw new Error('Variables belong to lambdas.');
  };
  return Array.from({ length: table.numRows }, (_, i) =>
    encode(bound.type, evaluateRow(bound, { batch, input: (index) => inputs[index]!(i), variable })),
  );
}

/** A generator under one name, as all cases are evaluated: one of several columns is refused. */
function generator(definition: GeneratorDef, args: readonly Bound[], binding: Omit<Binding, 'type'>) {
  const columns = definition.columns(binding);
  if (columns.length !== 1) {
    const place = { text: definition.name, from: 0, to: definition.name.length };
    throw located(invalid('UDTF_ALIAS_NUMBER_MISMATCH', `${columns.length} columns need as many names.`), place);
  }
  const rows = definition.generate(binding) as (...values: Value[]) => readonly (readonly Value[])[];
  return {
    type: columns[0]!.type,
    rowsOf(frame: Frame): readonly Value[] {
      const readers = args.map((arg) => readerOf(evaluate(arg, frame)));
      const all = Array.from({ length: frame.numRows }, (_, i) => rows(...readers.map((read) => read(i))));
      return all.flat().map(([value]) => value!);
    },
  };
}

function compareOne({ aggregate, expected, input }: ExpressionCase, got: Got): Difference {
  if (expected.error !== undefined || got.error !== undefined) return compareError(expected.error, got.error);
  if (aggregate !== undefined) return compareRows(expected, got, leniencyOf(aggregate.value));
  const type = compareText(expected.type, got.type, 'type');
  if (type !== undefined) return type;
  const wanted = input === undefined && expected.values === undefined ? [expected.value] : expected.values!;
  const found = got.values!;
  if (found.length !== wanted.length) return `${found.length} values, not ${wanted.length}`;
  const parsed = parseType(expected.type!);
  for (const [i, value] of wanted.entries()) {
    const difference = compareValue(parsed, value, found[i]);
    if (difference !== undefined) return wanted.length === 1 ? difference : `row ${i}: ${difference}`;
  }
  return undefined;
}

/** Sums of squares are added up in another order, and the order of a set is Spark's own. */
const leniencyOf = (value: string): Leniency => ({
  ...(/std|stddev|var|corr|skewness|kurtosis|covar/i.test(value) ? { tolerance: 1e-12 } : {}),
  sets: /collect_set/i.test(value),
});
