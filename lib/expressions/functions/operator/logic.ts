import { BooleanColumn, type Column, bitmapBytes, setBit } from '../../../columns/index.js';
import type { DataType } from '../../../schema/index.js';
import { simpleString } from '../../../schema/index.js';
import { type Bound, type LazyKernel, traitsOf } from '../../bound.js';
import { invalid } from '../../errors.js';
import { type Truth, and, booleanOf, not, or, positionsWithout, truthOf } from '../../kernels/booleans.js';
import { scatter } from '../../kernels/scatter.js';
import { call } from '../../tree.js';
import type { Value } from '../../values.js';
import { toColumn } from '../../vector.js';
import type { Binder, FunctionDef, MacroDef, SpecialDef } from '../define.js';
import { any, boolean } from '../params.js';

const bool: DataType = { kind: 'boolean' };

/** `AND` and `OR`: the right side is computed only where the left one does not settle the matter. */
function connective(name: 'and' | 'or', summary: string, examples: SpecialDef['examples']): SpecialDef {
  const settling = name === 'or';
  const combine = name === 'and' ? and : or;
  const kernel: LazyKernel = {
    lazy: true,
    row: ([left, right]) => {
      const a = left!();
      if (a === settling) return settling;
      const b = right!();
      if (b === settling) return settling;
      return a === null || b === null ? null : !settling;
    },
    vector: ([left, right], frame, evaluate) => {
      const n = frame.numRows;
      const first = evaluate(left!, frame);
      const a = truthOf(first, n);
      let b: Truth;
      if (traitsOf(right!).total) b = truthOf(evaluate(right!, frame), n);
      else {
        const open = positionsWithout(settling ? a.yes : a.no, n);
        if (open.length === 0) return first;
        b =
          open.length === n
            ? truthOf(evaluate(right!, frame), n)
            : truthOf(scatter(bool, [{ positions: open, values: evaluate(right!, frame.select(open)) }], n), n);
      }
      return booleanOf(combine(a, b), n);
    },
  };
  return {
    name,
    group: 'operator',
    usage: `a ${name.toUpperCase()} b`,
    summary,
    examples,
    params: [any('a'), any('b')],
    bind: (given, binder) => {
      const args = given.map((arg) => asBoolean(arg, name, binder));
      const settled = args.find((arg) => arg.kind === 'literal' && arg.value === settling);
      if (settled !== undefined && args[0] === settled) return settled;
      return binder.apply(
        name,
        args,
        bool,
        args.some((arg) => arg.nullable),
        kernel,
      );
    },
  };
}

/** A condition: a boolean, or a text that says true or false. */
export function asBoolean(arg: Bound, name: string, binder: Binder): Bound {
  const { kind } = arg.type;
  if (kind === 'boolean' || kind === 'void' || kind === 'string') return binder.cast(arg, bool);
  const found = simpleString(arg.type).toUpperCase();
  throw invalid('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', `${name.toUpperCase()} needs a BOOLEAN, not ${found}.`);
}

/** Tests that are never null: comparisons with `<=>`, whose rules for types they share. */
function truthTest(
  name: string,
  usage: string,
  summary: string,
  examples: MacroDef['examples'],
  value: boolean | null,
): MacroDef {
  return {
    name,
    group: 'operator',
    usage,
    summary,
    examples,
    params: [any('a')],
    rewrite: ([a]) => call('<=>', [a!, { kind: 'literal', type: bool, value }]),
  };
}

function nullTest(
  name: string,
  aliases: string[],
  usage: string,
  summary: string,
  examples: FunctionDef['examples'],
  missing: boolean,
): FunctionDef {
  return {
    name,
    aliases,
    group: 'conditional',
    usage,
    summary,
    examples,
    params: [any('a')],
    returns: bool,
    nulls: 'handle',
    nullable: 'never',
    total: true,
    evaluate: () => (v: Value) => (v === null) === missing,
    vector:
      () =>
      ([arg], n) => {
        const column = toColumn(arg as never, n);
        const truth = truthOf(nullsOf(column, n), n);
        return booleanOf(missing ? truth : not(truth), n);
      },
  };
}

function nullsOf(column: Column, n: number): BooleanColumn {
  const bits = new Uint8Array(bitmapBytes(n));
  const { validity } = column;
  if (validity !== null) for (let k = 0; k < bits.length; k++) bits[k] = ~validity[k]!;
  else if (column.nullCount > 0) for (let i = 0; i < n; i++) if (!column.isValid(i)) setBit(bits, i);
  return new BooleanColumn(bool, n, bits);
}

const negation: FunctionDef = {
  name: 'not',
  aliases: ['!'],
  group: 'operator',
  usage: 'NOT a',
  summary: 'The opposite of a condition; null stays null.',
  examples: [['NOT 1 = 2', 'true']],
  params: [boolean('a')],
  returns: bool,
  nullable: false,
  total: true,
  evaluate: () => (a: boolean) => !a,
  vector:
    () =>
    ([a], n) =>
      booleanOf(not(truthOf(a as Column, n)), n),
};

export const logic = [
  connective('and', 'Whether both conditions hold. The second one is not computed where the first is false.', [
    ['true AND NULL', 'NULL'],
  ]),
  connective('or', 'Whether one of two conditions holds. The second one is not computed where the first is true.', [
    ['true OR NULL', 'true'],
  ]),
  negation,
  truthTest(
    'istrue',
    'a IS TRUE',
    'Whether a condition holds; false if it is missing.',
    [['NULL IS TRUE', 'false']],
    true,
  ),
  truthTest('isfalse', 'a IS FALSE', 'Whether a condition does not hold.', [['NULL IS FALSE', 'false']], false),
  truthTest('isunknown', 'a IS UNKNOWN', 'Whether a condition is missing.', [['NULL IS UNKNOWN', 'true']], null),
  nullTest('isnull', [], 'a', 'Whether a value is missing; as `a IS NULL`.', [['1 IS NULL', 'false']], true),
  nullTest('isnotnull', [], 'a', 'Whether a value is there; as `a IS NOT NULL`.', [['1 IS NOT NULL', 'true']], false),
] as const;
