import * as fc from 'fast-check';
import type { Column } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import {
  type Bound,
  Frame,
  Scope,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../lib/expressions/index.js';
import { allFunctions, isScalar } from '../../../lib/expressions/functions/registry.js';
import type { FunctionInfo, Param } from '../../../lib/expressions/functions/define.js';
import { evaluateRow } from '../../../lib/expressions/row.js';
import { defaultSettings } from '../../../lib/expressions/settings.js';
import type { Expression } from '../../../lib/expressions/tree.js';
import type { Value } from '../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../lib/expressions/vector.js';
import { type DataType, field, parseType, structOf } from '../../../lib/schema/index.js';
import { caught } from './caught.js';
import { valueOf } from './random-values.js';

const rows = 37;

/** What a row at a time gives, or the condition of the first error. */
function byRow(bound: Bound, columns: readonly Column[], n = rows): Value[] | string {
  const readers = columns.map(readerOf);
  const batch = factsOf(3, 1_700_000_000_000, 'q');
  const out: Value[] = [];
  for (let i = 0; i < n; i++) {
    const variable = (): never => {
      throw new Error('There is no lambda around.');
    };
    try {
      out.push(evaluateRow(bound, { batch, input: (index) => readers[index]!(i), variable }));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return String(error.details.condition);
    }
  }
  return out;
}

function byColumn(bound: Bound, columns: readonly Column[], n = rows): Value[] | string {
  try {
    const read = readerOf(evaluate(bound, new Frame(columns, n, factsOf(3, 1_700_000_000_000, 'q'))));
    return Array.from({ length: n }, (_, i) => read(i));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return String(error.details.condition);
  }
}

/** Both ways give the same; which of several errors comes first is open. */
function expectSame(bound: Bound, columns: readonly Column[]): void {
  const wanted = byRow(bound, columns);
  const got = byColumn(bound, columns);
  if (typeof wanted === 'string') expect(typeof got).toBe('string');
  // Through a column, so that what is stored is compared: -0.0, the bits of floats, broken text.
  else expect(got).toEqual(Array.from({ length: rows }, (_, i) => readerOf(columnOf(bound.type, wanted))(i)));
}

const types = [
  'boolean', 'tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal(10,2)', 'decimal(38,6)', 'string', 'binary', 'date',
  'timestamp', 'timestamp_ntz', 'interval day to second', 'interval year to month', 'array<int>', 'array<string>', 'array<double>',
  'map<string,int>', 'struct<a:int,b:string>',
].map((text) => parseType(text)); // prettier-ignore

const randomColumn = (type: DataType): fc.Arbitrary<Column> =>
  fc
    .tuple(fc.array(fc.option(valueOf(type), { freq: 4 }), { minLength: rows, maxLength: rows }), fc.boolean())
    .map(([values, full]) =>
      columnOf(type, full ? values.map((v) => v ?? values.find((x) => x !== null) ?? null) : values),
    );

function argumentsFor(definition: FunctionInfo): fc.Arbitrary<readonly { type: DataType; param: Param }[]> {
  const last = definition.params.at(-1);
  return fc.integer({ min: 0, max: 2 }).chain((extra) => {
    const given = definition.params.filter((param) => !param.optional || extra > 0);
    const params = last?.rest ? [...given, ...Array<Param>(extra).fill(last)] : given;
    const logical = definition.name === 'and' || definition.name === 'or';
    const choices = params.map((param) => {
      const fitting = types.filter(
        (type) =>
          (!logical || type.kind === 'boolean') &&
          param.coerce(type, { ansi: true, constant: false })?.kind === type.kind,
      );
      return fitting.length > 0 ? fitting : types;
    });
    // Of one type half of the time: few functions take any two.
    return fc
      .tuple(fc.boolean(), fc.tuple(...choices.map((choice) => fc.constantFrom(...choice))))
      .map(([alike, chosen]) =>
        params.map((param, i) => {
          const first = chosen[0]!;
          return { type: alike && choices[i]!.includes(first) ? first : chosen[i]!, param };
        }),
      );
  });
}

describe('a function over columns gives what it gives row by row', () => {
  const withKernels = allFunctions.filter(
    (definition) =>
      (isScalar(definition) && definition.vector !== undefined && definition.deterministic !== false) ||
      definition.group === 'operator',
  );
  // Need schemas and structs, which are seldom met at random; their own specs compare them with the decoders.
  const withSchema = ['from_json', 'from_csv', 'to_json', 'to_csv', 'window_time'];
  const runnable = withKernels.filter(
    ({ name, params }) => !withSchema.includes(name) && !params.some((param) => param.lambda || param.constant),
  );

  it.each(runnable.map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
    let compared = 0;
    fc.assert(
      fc.property(
        argumentsFor(definition).chain((args) =>
          fc.record({
            args: fc.constant(args),
            columns: fc.tuple(...args.map(({ type }) => randomColumn(type))),
            ansi: fc.boolean(),
            constants: fc.array(fc.boolean()),
          }),
        ),
        ({ args, columns, ansi, constants }) => {
          const schema = structOf(args.map(({ type }, i) => field(`c${i}`, type)));
          const tree: Expression = {
            kind: 'call',
            name,
            args: args.map(({ type }, i): Expression => {
              const value = readerOf(columns[i]!)(0);
              // Constants on one side take other ways through the kernels.
              return constants[i] === true && i > 0 && value !== null
                ? { kind: 'literal', type, value }
                : { kind: 'name', parts: [`c${i}`] };
            }),
          };
          let bound: Bound;
          try {
            bound = resolve(tree, Scope.of(schema), { ...defaultSettings, ansi });
          } catch (error) {
            if (error instanceof SluiceError) return;
            throw error;
          }
          compared++;
          expectSame(bound, columns);
        },
      ),
      { numRuns: 40 },
    );
    // Some operators take few of the combinations, none takes none.
    expect(compared).toBeGreaterThan(0);
  });
});

describe('expressions within expressions', () => {
  const number: fc.Arbitrary<string> = fc.letrec<{ number: string; condition: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom('a', 'b', 'c', '0', '1', '7', 'CAST(NULL AS INT)'),
      fc
        .tuple(tie('number'), fc.constantFrom('+', '-', '*', '%', 'div'), tie('number'))
        .map(([x, op, y]) => `(${x} ${op} ${y})`),
      fc.tuple(tie('condition'), tie('number'), tie('number')).map(([x, y, z]) => `if(${x}, ${y}, ${z})`),
      fc
        .tuple(tie('condition'), tie('number'), tie('condition'), tie('number'))
        .map(([x, y, z, w]) => `CASE WHEN ${x} THEN ${y} WHEN ${z} THEN ${w} END`),
      fc.tuple(tie('number'), tie('number')).map(([x, y]) => `coalesce(${x}, ${y})`),
      tie('number').map((x) => `aggregate(transform(array(${x}, 2), x -> x + b), 0L, (s, x) -> s + x)`),
    ),
    condition: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom('p', 'true', 'false', 'NULL'),
      fc
        .tuple(tie('number'), fc.constantFrom('=', '<', '<=>', '>='), tie('number'))
        .map(([x, op, y]) => `(${x} ${op} ${y})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition'))
        .map(([x, op, y]) => `(${x} ${op} ${y})`),
      tie('condition').map((x) => `(NOT ${x})`),
      fc.tuple(tie('number'), tie('number'), tie('number')).map(([x, y, z]) => `(${x} IN (${y}, ${z}))`),
      tie('number').map((x) => `(${x} IS NULL)`),
      tie('number').map((x) => `exists(array(${x}, a), x -> x div b > 1)`),
    ),
  })).number;

  it('are computed as row by row, errors included: what is not asked for is not computed', () => {
    const type = parseType('int');
    const small = fc.array(fc.option(fc.integer({ min: -3, max: 3 }), { freq: 4 }), {
      minLength: rows,
      maxLength: rows,
    });
    fc.assert(
      fc.property(
        number,
        fc.tuple(small, small, small),
        fc.array(fc.option(fc.boolean(), { freq: 4 }), { minLength: rows, maxLength: rows }),
        (sql, ints, flags) => {
          const schema = structOf([
            field('a', type),
            field('b', type),
            field('c', type),
            field('p', parseType('boolean')),
          ]);
          const columns = [...ints.map((values) => columnOf(type, values)), columnOf({ kind: 'boolean' }, flags)];
          expectSame(resolve(parseExpression(sql), Scope.of(schema)), columns);
        },
      ),
      { numRuns: 700 },
    );
  });
});

describe('errors of evaluation', () => {
  const run = (sql: string): unknown => {
    const bound = resolve(parseExpression(sql), Scope.of(structOf([field('amount', parseType('int'))])));
    const read = readerOf(evaluate(bound, new Frame([columnOf(parseType('int'), [1, 0])], 2, factsOf(0, 0, 'q'))));
    return read(1);
  };

  it('point at what failed', () => {
    expect(caught(() => run('1 + 10 / amount')).message).toBe(
      'Computing an expression at character 5:\n  1 + 10 / amount\n      ^^^^^^^^^^^\nDivision by zero. Use try_divide to get null instead.',
    );
    expect(caught(() => run('1 + 10 / amount'))).toMatchObject({
      code: 'EXPRESSION_FAILED',
      details: { condition: 'DIVIDE_BY_ZERO', position: 4 },
    });
  });

  it('do not come from a constant that is not computed', () => {
    expect(run('if(amount >= 0, 5, 1 / 0)')).toBe(5);
    expect(caught(() => run('if(amount = 1, 5, 1 / 0)'))).toMatchObject({ details: { condition: 'DIVIDE_BY_ZERO' } });
  });

  it('do not come from no rows', () => {
    const bound = resolve(parseExpression('1 / 0'), Scope.of(structOf([])));
    expect(evaluate(bound, new Frame([], 0, factsOf(0, 0, 'q')))).toMatchObject({ length: 0 });
  });
});
