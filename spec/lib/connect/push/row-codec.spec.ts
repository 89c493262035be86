import fc from 'fast-check';
import { Decimal, Timestamp } from '../../../../lib/schema/index.js';
import { rowCodec } from '../../../../lib/connect/push/index.js';

const roundTrip = (value: unknown): unknown => rowCodec.decode(Buffer.from(rowCodec.encode(value)));

describe('rows as bytes', () => {
  it('come back as they were, whatever they hold', () => {
    const { value } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.double(),
        fc.string({ unit: 'binary' }),
        fc.bigInt(),
        fc.boolean(),
        fc.constant(null),
        // A date that is none equals no other.
        fc.date({ noInvalidDate: true }),
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((n) => {
          const at = new Timestamp(n);
          return at.micros === 0 ? new Date(at.getTime()) : at;
        }),
        fc.tuple(fc.bigInt(), fc.nat(18)).map(([n, scale]) => new Decimal(n, scale)),
        fc.uint8Array(),
      ),
      value: fc.oneof(
        { maxDepth: 3 },
        tie('leaf'),
        fc.array(tie('value')),
        fc.dictionary(fc.oneof(fc.string(), fc.constant('\u0000')), tie('value'), { noNullPrototype: true }),
        fc.array(fc.tuple(tie('leaf'), tie('value'))).map((entries) => new Map(entries)),
      ),
    }));
    fc.assert(
      fc.property(value, (row) => {
        expect(roundTrip(row)).toEqual(row);
      }),
      { numRuns: 500 },
    );
  });

  it('keep the sign of zero, microseconds and the digits of a decimal', () => {
    expect(Object.is((roundTrip({ a: -0 }) as { a: number }).a, -0)).toBe(true);
    expect((roundTrip(new Timestamp(-1n)) as Timestamp).toISOString()).toBe('1969-12-31T23:59:59.999999Z');
    expect(String(roundTrip(new Decimal(1250n, 2)))).toBe('12.50');
  });
});
