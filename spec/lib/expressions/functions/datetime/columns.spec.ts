import fc from 'fast-check';
import { FixedColumn } from '../../../../../lib/columns/index.js';
import {
  Frame,
  Scope,
  defaultSettings,
  evaluate,
  factsOf,
  parseExpression,
  resolve,
} from '../../../../../lib/expressions/index.js';
import { SluiceError } from '../../../../../lib/errors/index.js';
import { evaluateRow } from '../../../../../lib/expressions/row.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../../../lib/expressions/vector.js';
import { field, structOf, timestamp } from '../../../../../lib/schema/index.js';

const batch = factsOf(3, 1_700_000_000_000, 'q');
const scope = Scope.of(structOf([field('t', timestamp())]));

/** Around changes of the offset of New York, before 1970, and past 2^53 microseconds. */
const instants = fc.oneof(
  fc.bigInt({ min: 1_583_600_000_000_000n, max: 1_583_700_000_000_000n }),
  fc.bigInt({ min: 1_604_150_000_000_000n, max: 1_604_300_000_000_000n }),
  fc.bigInt({ min: -6_000_000_000_000_000n, max: 0n }),
  fc.bigInt({ min: 9_007_199_254_000_000n, max: 9_007_199_255_000_000n }),
);

describe.each([
  "date_trunc('second', t)",
  "date_trunc('hour', t)",
  "date_trunc('day', t)",
  "date_trunc('week', t)",
  "date_trunc('year', t)",
  'hour(t)',
  'second(t)',
  't + INTERVAL 1 DAY',
  't - INTERVAL 25 HOUR',
  't + INTERVAL 90 SECOND',
  't - INTERVAL 13 MONTH',
  'INTERVAL 1 MONTH + t',
])('%s', (sql) => {
  const bound = resolve(parseExpression(sql), scope, { ...defaultSettings, timeZone: 'America/New_York' });

  test('of a column is that of every row', () => {
    fc.assert(
      fc.property(fc.array(fc.option(instants), { minLength: 1, maxLength: 20 }), (values) => {
        const column = columnOf(timestamp(), values);
        const read = readerOf(evaluate(bound, new Frame([column], values.length, batch)));
        const rows = values.map((value): Value =>
          evaluateRow(bound, {
            batch,
            input: () => value,
            variable: () => null,
          }),
        );
        expect(values.map((_, i) => read(i))).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });
});

test('what lies under a null does no harm, what lies under none does', () => {
  const bound = resolve(parseExpression('t + INTERVAL 1 DAY'), scope, defaultSettings);
  const values = new BigInt64Array([2n ** 63n - 1n, 0n]);
  const hidden = new FixedColumn(timestamp(), values, { validity: new Uint8Array([2]), nullCount: 1 });
  const read = readerOf(evaluate(bound, new Frame([hidden], 2, batch)));
  expect([read(0), read(1)]).toEqual([null, 86_400_000_000n]);
  expect(() => evaluate(bound, new Frame([new FixedColumn(timestamp(), values)], 2, batch))).toThrow(SluiceError);
});
