import { describe, expect, test } from 'tstyche';
import {
  type CalendarInterval,
  type RowOf,
  array,
  calendarInterval,
  dayTimeInterval,
  int,
  long,
  string,
  struct,
  timestamp,
  yearMonthInterval,
} from '../../lib/schema/index.js';

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

  test('intervals are microseconds, months, or both and days', () => {
    const spans = struct({ a: dayTimeInterval(), b: yearMonthInterval('year', 'year'), c: calendarInterval() });
    expect<RowOf<typeof spans>>().type.toBe<{
      a: number | bigint | null;
      b: number | null;
      c: CalendarInterval | null;
    }>();
  });

  test('a column that is not there is a compile error', () => {
    expect<Order>().type.not.toHaveProperty('price');
  });
});
