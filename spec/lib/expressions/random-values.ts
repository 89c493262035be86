import * as fc from 'fast-check';
import type { Value } from '../../../lib/expressions/values.js';
import type { DataType } from '../../../lib/schema/index.js';

/** Values of a type as expressions see them, the difficult ones often. */
export function valueOf(type: DataType): fc.Arbitrary<Value> {
  const whole = (bits: number): fc.Arbitrary<number> =>
    fc.oneof(fc.integer({ min: -3, max: 8 }), fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }));
  const big = (limit: bigint): fc.Arbitrary<bigint> =>
    fc.oneof(
      fc.bigInt({ min: -3n, max: 8n }),
      fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
      fc.bigInt({ min: -limit, max: limit - 1n }),
    );
  switch (type.kind) {
    case 'boolean':
      return fc.boolean();
    case 'byte':
      return whole(8);
    case 'short':
      return whole(16);
    case 'int':
    case 'year_month_interval':
      return whole(32);
    case 'date':
      return fc.integer({ min: -1_000_000, max: 1_000_000 });
    case 'long':
    case 'day_time_interval':
      return big(2n ** 63n);
    case 'timestamp':
    case 'timestamp_ntz':
      return fc.bigInt({ min: -(10n ** 16n), max: 10n ** 17n });
    case 'float':
      return fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1.5), fc.float());
    case 'double':
      return fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1.5), fc.double());
    case 'decimal':
      return fc.oneof(
        fc.bigInt({ min: -1000n, max: 1000n }),
        fc.bigInt({ min: 1n - 10n ** BigInt(type.precision), max: 10n ** BigInt(type.precision) - 1n }),
      );
    case 'string':
      return fc.oneof(
        fc.constantFrom('', ' ', 'abc', 'ABC', 'a%b', 'äöü', '😀x', '12', '-1.5', ' a b ', '2024-02-29', 'x\udc80y'),
        fc.string({ maxLength: 8 }),
        fc.string({ unit: 'binary', maxLength: 4 }),
      );
    case 'binary':
      return fc.oneof(fc.constantFrom(Uint8Array.of(), Uint8Array.of(0xff, 0x61)), fc.uint8Array({ maxLength: 5 }));
    case 'array':
      return fc.array(fc.option(valueOf(type.element), { freq: 6 }), { maxLength: 4 });
    case 'map':
      return fc
        .uniqueArray(fc.tuple(valueOf(type.key), fc.option(valueOf(type.value))), {
          maxLength: 3,
          selector: ([key]) => key,
        })
        .map((entries): Value => entries as readonly (readonly Value[])[]);
    case 'struct':
      return fc.tuple(...type.fields.map((f) => fc.option(valueOf(f.type), { freq: 6 })));
    default:
      return fc.constant(null);
  }
}
