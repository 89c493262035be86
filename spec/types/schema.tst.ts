import { describe, expect, test } from 'tstyche';
import { array, int, long, type RowOf, string, struct, timestamp } from '../../lib/schema/index.js';

describe('a schema that is a constant types the rows', () => {
  const order = struct({
    id: long(),
    shop: string(),
    at: timestamp(),
    tags: array(string()),
    pos: struct({ x: int() }),
  });
  type Order = RowOf<typeof order>;

  test('missing is null, in rows and inside of what they hold', () => {
    expect<Order['shop']>().type.toBe<string | null>();
    expect<Order['at']>().type.toBe<Date | null>();
    expect<Order['tags']>().type.toBe<(string | null)[] | null>();
    expect<NonNullable<Order['pos']>['x']>().type.toBe<number | null>();
  });

  test('a long is a number while that is exact, and a bigint past it', () => {
    expect<Order['id']>().type.toBe<number | bigint | null>();
  });

  test('a column that is not there is a compile error', () => {
    expect<Order>().type.not.toHaveProperty('price');
  });
});
