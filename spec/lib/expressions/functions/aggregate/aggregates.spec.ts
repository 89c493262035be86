import fc from 'fast-check';
import { comparator } from '../../../../../lib/expressions/order.js';
import { aggregates } from '../../../../../lib/expressions/functions/aggregate/index.js';
import type { Accumulator, Binding } from '../../../../../lib/expressions/functions/define.js';
import { defaultSettings } from '../../../../../lib/expressions/settings.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../../../lib/expressions/vector.js';
import { type DataType, formatType, parseType } from '../../../../../lib/schema/index.js';

/** An aggregate bound to argument types; `constants` are the values of arguments that are constant. */
function bind(name: string, types: readonly string[], constants: readonly Value[] = [], ansi = true) {
  const definition = aggregates.find((a) => a.name === name || a.aliases?.includes(name) === true)!;
  const parsed = types
    .map(parseType)
    .map((t, i) => (definition.params[i] ?? definition.params.at(-1)!).coerce(t, { ansi, constant: true })!);
  const offset = types.length - constants.length;
  const partial = {
    types: parsed,
    ansi,
    zone: 'UTC',
    settings: defaultSettings,
    constant: (i: number) => constants[i - offset],
  };
  const type: DataType =
    typeof definition.returns === 'function' ? definition.returns(parsed, partial) : definition.returns;
  const binding: Binding = { ...partial, type };
  return { definition, type, accumulator: definition.accumulate(binding), constants };
}

type Bound = ReturnType<typeof bind>;

function add({ definition, accumulator, constants }: Bound, state: Value[], rows: readonly Value[]): void {
  for (const row of rows) {
    const args = Array.isArray(row) ? [...(row as Value[]), ...constants] : [row, ...constants];
    if (definition.nulls !== 'handle' && args.includes(null)) continue;
    accumulator.update(state, ...args);
  }
}

function over(bound: Bound, rows: readonly Value[]): Value {
  const state = bound.accumulator.init();
  add(bound, state, rows);
  return bound.accumulator.finish(state);
}

const run = (
  name: string,
  types: readonly string[],
  rows: readonly Value[],
  constants: readonly Value[] = [],
  ansi = true,
) => over(bind(name, types, constants, ansi), rows);

const typeOf = (name: string, ...types: string[]): string => formatType(bind(name, types).type).toLowerCase();

describe('sum', () => {
  it('has the type that Spark gives it', () => {
    expect(typeOf('sum', 'TINYINT')).toBe('bigint');
    expect(typeOf('sum', 'FLOAT')).toBe('double');
    expect(typeOf('sum', 'DECIMAL(10,2)')).toBe('decimal(20,2)');
    expect(typeOf('sum', 'DECIMAL(38,0)')).toBe('decimal(38,0)');
    expect(typeOf('avg', 'DECIMAL(10,2)')).toBe('decimal(14,6)');
    expect(typeOf('avg', 'BIGINT')).toBe('double');
    expect(typeOf('avg', 'INTERVAL DAY')).toBe('interval day to second');
    expect(typeOf('sum', 'INTERVAL DAY')).toBe('interval day');
  });

  it('overflows as the mode says', () => {
    const max = 2n ** 63n - 1n;
    expect(() => run('sum', ['BIGINT'], [max, 1n])).toThrow(
      expect.objectContaining({ condition: 'ARITHMETIC_OVERFLOW' }),
    );
    expect(run('sum', ['BIGINT'], [max, 1n], [], false)).toBe(-(2n ** 63n));
    expect(run('try_sum', ['BIGINT'], [max, 1n])).toBeNull();
    // Once unknown, a sum stays unknown.
    expect(run('try_sum', ['BIGINT'], [max, 1n, -5n])).toBeNull();
    const big = 10n ** 38n - 1n;
    expect(() => run('sum', ['DECIMAL(38,0)'], [big, 1n])).toThrow(
      expect.objectContaining({ condition: 'ARITHMETIC_OVERFLOW' }),
    );
    expect(run('sum', ['DECIMAL(38,0)'], [big, 1n], [], false)).toBeNull();
    expect(() => run('sum', ['INTERVAL DAY TO SECOND'], [max, 1n], [], false)).toThrow('interval');
    expect(run('try_sum', ['INTERVAL YEAR TO MONTH'], [2147483647, 1])).toBeNull();
    expect(run('sum', ['INTERVAL YEAR TO MONTH'], [14, -2])).toBe(12);
  });

  it('of nothing is null', () => {
    for (const ddl of ['INT', 'DOUBLE', 'DECIMAL(5,2)', 'INTERVAL DAY']) expect(run('sum', [ddl], [null])).toBeNull();
    expect(run('avg', ['INT'], [])).toBeNull();
  });
});

describe('avg', () => {
  it('adds integers as doubles and decimals exactly', () => {
    expect(run('avg', ['BIGINT'], [2n ** 63n - 1n, 1n])).toBe(4.611686018427388e18);
    expect(run('avg', ['DECIMAL(10,2)'], [100n, 101n, 101n])).toBe(1_006_667n);
    expect(run('avg', ['INTERVAL YEAR TO MONTH'], [1, 2])).toBe(2);
    expect(run('avg', ['INTERVAL DAY TO SECOND'], [-1n, -2n])).toBe(-2n);
    expect(run('try_avg', ['DECIMAL(38,0)'], [10n ** 38n - 1n, 1n])).toBeNull();
    expect(() => run('avg', ['DECIMAL(38,0)'], [10n ** 38n - 1n, 1n])).toThrow(
      expect.objectContaining({ condition: 'ARITHMETIC_OVERFLOW' }),
    );
  });
});

describe('extremes', () => {
  it('know NaN as the greatest', () => {
    expect(run('max', ['DOUBLE'], [1, NaN, Infinity])).toBeNaN();
    expect(run('min', ['DOUBLE'], [NaN, -1, null])).toBe(-1);
  });

  it('by another value take the last of equals, and rows whose value is null', () => {
    expect(
      run(
        'max_by',
        ['STRING', 'INT'],
        [
          ['a', 1],
          ['b', 2],
          ['c', 2],
          ['d', null],
        ],
      ),
    ).toBe('c');
    expect(
      run(
        'min_by',
        ['STRING', 'DOUBLE'],
        [
          ['a', NaN],
          [null, -1],
        ],
      ),
    ).toBeNull();
  });

  it('by position see nulls unless told not to', () => {
    expect(run('first', ['INT'], [null, 1])).toBeNull();
    expect(run('first', ['INT', 'BOOLEAN'], [null, 1, 2], [true])).toBe(1);
    expect(run('last', ['INT'], [1, null])).toBeNull();
    expect(run('last', ['INT', 'BOOLEAN'], [1, null], [true])).toBe(1);
  });

  it('need an order', () => {
    expect(() => bind('max', ['MAP<INT, INT>'])).toThrow(
      expect.objectContaining({ condition: 'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE' }),
    );
  });
});

describe('statistics', () => {
  const values = [1, 2, 2, 5, 7];

  // The digits that Spark prints.
  it("are Spark's to the last digit", () => {
    expect(run('stddev_pop', ['INT'], values)).toBe(2.2449944320643644);
    expect(run('var_pop', ['INT'], values)).toBe(5.039999999999999);
    expect(run('skewness', ['INT'], values)).toBe(0.5557336935004383);
    expect(run('kurtosis', ['INT'], values)).toBe(-1.304232804232804);
    expect(
      run(
        'corr',
        ['INT', 'INT'],
        [
          [3, 2],
          [3, 3],
          [6, 4],
        ],
      ),
    ).toBe(0.8660254037844387);
  });

  it('of one value, or of equal ones', () => {
    expect(run('stddev', ['DOUBLE'], [3])).toBeNull();
    expect(run('stddev_pop', ['DOUBLE'], [3])).toBe(0);
    expect(run('skewness', ['DOUBLE'], [3, 3])).toBeNull();
    expect(run('corr', ['DOUBLE', 'DOUBLE'], [[1, 2]])).toBeNull();
    expect(
      run(
        'corr',
        ['DOUBLE', 'DOUBLE'],
        [
          [1, 2],
          [1, 3],
        ],
        [],
        false,
      ),
    ).toBeNull();
  });

  it('of a line through points', () => {
    const rows = [
      [3, 1],
      [5, 2],
      [7, 3],
      [null, 9],
    ];
    const of = (name: string): Value => run(name, ['DOUBLE', 'DOUBLE'], rows);
    expect([of('regr_slope'), of('regr_intercept'), of('regr_r2'), of('regr_count')]).toEqual([2, 1, 1, 3n]);
    expect([of('regr_sxx'), of('regr_syy'), of('regr_sxy'), of('regr_avgx'), of('regr_avgy')]).toEqual([2, 8, 4, 2, 5]);
  });
});

describe('percentiles', () => {
  it('interpolate, or take a value that is there', () => {
    expect(run('percentile', ['INT', 'DOUBLE'], [0, 10], [0.3])).toBe(3);
    expect(run('percentile', ['INT', 'ARRAY<DOUBLE>'], [0, 10], [[0.25, 0.75]])).toEqual([2.5, 7.5]);
    expect(run('median', ['INT'], [4, 1])).toBe(2.5);
    expect(run('percentile_cont', ['INT', 'DOUBLE', 'BOOLEAN'], [0, 10], [0.25, true])).toBe(7.5);
    expect(run('percentile_disc', ['INT', 'DOUBLE', 'BOOLEAN'], [0, 1, 2, 3], [0.5, false])).toBe(1);
    expect(
      run(
        'percentile',
        ['INT', 'DOUBLE', 'BIGINT'],
        [1, 2, 9].map((v) => v),
        [0.5, 0n],
      ),
    ).toBeNull();
  });

  it('are refused outside 0 to 1', () => {
    expect(() => bind('percentile', ['INT', 'DOUBLE'], [1.5])).toThrow(
      expect.objectContaining({ condition: 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE' }),
    );
    expect(() => bind('percentile_approx', ['INT', 'DOUBLE', 'INT'], [0.5, 0])).toThrow('accuracy');
  });

  it('approximately, in the type of the values', () => {
    expect(run('percentile_approx', ['DECIMAL(10,2)', 'DOUBLE'], [125n, 225n, 1n], [0.5])).toBe(125n);
    expect(run('percentile_approx', ['BIGINT', 'ARRAY<DOUBLE>'], [1n, 2n, 3n], [[0, 1]])).toEqual([1n, 3n]);
  });
});

describe('collections', () => {
  it('collect what is not null', () => {
    expect(run('collect_list', ['INT'], [1, null, 1])).toEqual([1, 1]);
    expect(run('collect_set', ['DOUBLE'], [NaN, 0, -0, NaN, null])).toEqual([NaN, 0]);
    expect(run('listagg', ['STRING', 'STRING'], ['a', null, 'b'], [', '])).toBe('a, b');
    expect(run('listagg', ['STRING', 'VOID'], ['a', 'b'], [null])).toBe('ab');
    expect(run('listagg', ['BINARY'], [Uint8Array.of(1), Uint8Array.of(2)])).toEqual(Uint8Array.of(1, 2));
    expect(run('listagg', ['STRING'], [null])).toBeNull();
    expect(run('mode', ['STRING'], ['x', 'y', 'x'])).toBe('x');
    expect(run('mode', ['INT', 'BOOLEAN'], [5, 3, 4], [true])).toBe(3);
  });

  it('of bits and booleans', () => {
    expect(run('bit_xor', ['INT'], [1, 2, 2, 5, 7, null])).toBe(3);
    expect(run('bit_and', ['BIGINT'], [-1n, 6n])).toBe(6n);
    expect(run('every', ['BOOLEAN'], [true, null])).toBe(true);
    expect(run('any', ['BOOLEAN'], [])).toBeNull();
  });
});

describe('every aggregate', () => {
  /** One value of each part of the state, by way of the column that a checkpoint holds. */
  function kept(accumulator: Accumulator, state: readonly Value[]): Value[] {
    return state.map((value, i) => readerOf(columnOf(accumulator.state[i]!, [value]))(0));
  }

  const arguments_: Record<string, [types: string[], constants?: Value[]]> = {
    count_if: [['BOOLEAN']],
    bool_and: [['BOOLEAN']],
    bool_or: [['BOOLEAN']],
    listagg: [['STRING']],
    percentile: [['INT', 'DOUBLE'], [0.4]],
    percentile_cont: [
      ['INT', 'DOUBLE', 'BOOLEAN'],
      [0.4, false],
    ],
    percentile_disc: [
      ['INT', 'DOUBLE', 'BOOLEAN'],
      [0.4, false],
    ],
    percentile_approx: [['INT', 'DOUBLE'], [0.4]],
    histogram_numeric: [['INT', 'INT'], [100]],
  };
  const pairs = new Set(['min_by', 'max_by', 'corr', 'covar_pop', 'covar_samp']);

  it.each(aggregates.map((a) => a.name))('%s gives the same in parts, also when a part was kept', (name) => {
    const two = pairs.has(name) || name.startsWith('regr_');
    const [types, constants = []] = arguments_[name] ?? [two ? ['INT', 'INT'] : ['INT']];
    const bound = bind(name, types, constants);
    const one =
      types[0] === 'BOOLEAN'
        ? fc.boolean()
        : types[0] === 'STRING'
          ? fc.constantFrom('a', 'b', '')
          : fc.integer({ min: -9, max: 9 });
    const row = fc.option(two ? (fc.tuple(one, one) as fc.Arbitrary<Value>) : (one as fc.Arbitrary<Value>), {
      freq: 5,
    });
    const rows = fc.array(two ? row.filter((r) => r !== null) : row, { maxLength: 12 });
    fc.assert(
      fc.property(rows, rows, (left, right) => {
        const { accumulator } = bound;
        const a = accumulator.init();
        add(bound, a, left);
        const state = kept(accumulator, a);
        const b = accumulator.init();
        add(bound, b, right);
        accumulator.merge(state, kept(accumulator, b));
        const whole = attempt(() => over(bound, [...left, ...right]));
        const merged = attempt(() => accumulator.finish(state));
        if (typeof whole === 'number' && typeof merged === 'number') expect(merged).toBeCloseTo(whole, 8);
        else if (name === 'collect_set') expect(new Set(merged as Value[])).toEqual(new Set(whole as Value[]));
        else expect(merged).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  /** A value, or why there is none: also in parts the correlation of a constant divides by zero. */
  function attempt(compute: () => Value): Value {
    try {
      return compute();
    } catch (error) {
      return (error as { condition: string }).condition;
    }
  }

  it('keeps states of the types that it declares', () => {
    for (const { name } of aggregates) {
      const two = pairs.has(name) || name.startsWith('regr_');
      const [types, constants = []] = arguments_[name] ?? [two ? ['INT', 'INT'] : ['INT']];
      const { accumulator } = bind(name, types, constants);
      const state = accumulator.init();
      expect([name, state.length]).toEqual([name, accumulator.state.length]);
      accumulator.state.forEach((type, i) => expect(comparator(type)(state[i] ?? 0, state[i] ?? 0)).toBe(0));
    }
  });
});
