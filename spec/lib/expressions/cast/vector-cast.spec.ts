import * as fc from 'fast-check';
import { castFunction, vectorCast } from '../../../../lib/expressions/cast/index.js';
import { ExpressionError } from '../../../../lib/expressions/errors.js';
import { factsOf } from '../../../../lib/expressions/index.js';
import type { Value } from '../../../../lib/expressions/values.js';
import { Constant, columnOf, readerOf } from '../../../../lib/expressions/vector.js';
import { type DataType, formatType, parseType } from '../../../../lib/schema/index.js';
import { valueOf } from '../random-values.js';

const batch = factsOf(0, 0, 'q');

const types = 'TINYINT SMALLINT INT BIGINT FLOAT DOUBLE DECIMAL(9,2) DECIMAL(38,2) DECIMAL(38,0) DECIMAL(38,20) STRING'
  .split(' ')
  .map(parseType);

const modes = [
  { ansi: true, zone: 'UTC' },
  { ansi: false, zone: 'UTC' },
  { ansi: true, zone: 'UTC', try: true },
];

const pairs = modes.flatMap((options) =>
  types.flatMap((from) =>
    types
      .filter((to) => vectorCast(from, to, options) !== undefined)
      .map(
        (to) =>
          [
            `${formatType(from)} to ${formatType(to)}${options.try ? ', tried' : options.ansi ? '' : ', lenient'}`,
            from,
            to,
            options,
          ] as const,
      ),
  ),
);

it('covers the hot pairs', () => {
  const strict = pairs.filter(([, , , options]) => options === modes[0]).map(([name]) => name);
  expect(strict).toEqual(
    expect.arrayContaining([
      'INT to BIGINT',
      'BIGINT to DOUBLE',
      'BIGINT to INT',
      'DOUBLE to INT',
      'STRING to INT',
      'STRING to BIGINT',
      'STRING to DOUBLE',
      'INT to STRING',
      'DOUBLE to STRING',
      'INT to DECIMAL(38,2)',
      'DECIMAL(9,2) to DOUBLE',
      'DECIMAL(9,2) to DECIMAL(38,2)',
    ]),
  );
});

/** Texts that are numbers, mostly, in many forms. */
const numberText = fc.oneof(
  fc.double().map(String),
  fc.float().map(String),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
  fc.integer({ min: -200, max: 200 }).map((n) => ` ${n}`),
  fc.stringMatching(/^[+-]?\d{0,3}\.?\d{0,3}(e[+-]?\d{1,2})?[dD ]?$/),
  valueOf({ kind: 'string' }) as fc.Arbitrary<string>,
);

const outcome = (run: () => Value): Value | Error => {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
};

it.each(pairs)('%s: a column gives what its values give', (_name, from, to, options) => {
  const scalar = castFunction(from, to, options);
  const vector = vectorCast(from, to, options)!;
  const value = from.kind === 'string' ? numberText : valueOf(from);
  fc.assert(
    fc.property(fc.array(fc.option(value, { freq: 5 }), { maxLength: 20 }), (given) => {
      // What a column holds: floats are rounded there.
      const read = readerOf(columnOf(from, given));
      const values = given.map((_, i) => read(i));
      const wanted = values.map((v) => outcome(() => scalar(v)));
      const clean = values.filter((_, i) => !(wanted[i] instanceof Error));
      const column = columnOf(from, clean);
      const result = vector([column], clean.length, batch);
      const got = readerOf(result as never);
      const expected = wanted.filter((v) => !(v instanceof Error));
      expect(result.type).toEqual(to);
      expect(clean.map((_, i) => got(i))).toEqual(expected.map((v) => stored(to, v as Value)));
      if (clean.length < values.length) {
        expect(() => vector([columnOf(from, values)], values.length, batch)).toThrow(ExpressionError);
      }
    }),
    { numRuns: 15 },
  );
});

const stored = (type: DataType, value: Value): Value => readerOf(columnOf(type, [value]))(0);

it('does not look at what missing rows hold', () => {
  const int = parseType('INT');
  const column = columnOf(parseType('BIGINT'), [1n, 2n ** 40n, 3n]);
  const masked = column.gather(Int32Array.of(0, 1, 2));
  const holed = columnOf(parseType('BIGINT'), [1n, null, 3n]);
  // The value stays in the buffer where the validity says that it is missing.
  const hidden = Object.assign(Object.create(Object.getPrototypeOf(masked) as object) as typeof masked, masked, {
    validity: holed.validity,
    nullCount: 1,
  });
  const result = vectorCast(parseType('BIGINT'), int, modes[0]!)!([hidden], 3, batch);
  const read = readerOf(result as never);
  expect([read(0), read(1), read(2)]).toEqual([1, null, 3]);
});

it('casts a constant once', () => {
  const result = vectorCast(parseType('STRING'), parseType('INT'), modes[0]!)!(
    [new Constant({ kind: 'string' }, ' 5 ')],
    9,
    batch,
  );
  expect(result).toEqual(new Constant(parseType('INT'), 5));
});
