import { lastValueFrom } from 'rxjs';
import { memorySource } from '../../connectors/index.js';
import type { Flow } from '../../lib/index.js';
import { batch, marbles } from '../../lib/testing/index.js';
import { selectExpr, session, trigger, union, where } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  n: number;
}
const rows: Row[] = [{ n: 2_147_483_647 }, { n: 1 }];

async function first(flow: Flow): Promise<Record<string, unknown>> {
  return (await lastValueFrom(flow)).rows[0]!;
}

function source(): Flow {
  const made = memorySource<Row>({ schema: 'n INT' });
  made.addData(rows);
  return made.pipe(trigger({ availableNow: true })) as unknown as Flow;
}

describe('session', () => {
  requiredCases<Row, Row>({
    operator: () => session({ ansi: false }),
    rows: [rows, rows.slice(1)],
    out: [rows, rows.slice(1)],
    schema: 'n INT',
  });

  it('holds for what stands below it, not for what stands above', async () => {
    expect(await first(source().pipe(session({ ansi: false }), selectExpr('n + 1 AS m')))).toEqual({ m: -2147483648 });
    await expect(first(source().pipe(selectExpr('n + 1 AS m'), session({ ansi: false })))).rejects.toMatchObject({
      code: 'EXPRESSION_FAILED',
    });
  });

  it('sets the time zone, the way maps and times are made, and leaves alone what is not said', async () => {
    const hour = "hour(TIMESTAMP '2024-07-01T00:00:00Z') AS h";
    const set = source().pipe(
      session({ timeZone: 'Europe/Zurich', mapKeyDedupPolicy: 'LAST_WIN' }),
      session({ ansi: false }),
    );
    expect(await first(set.pipe(selectExpr(hour, "map('a', 1, 'a', 2)['a'] AS m", 'n + 1 AS o')))).toEqual({
      h: 2,
      m: 2,
      o: -2147483648,
    });
    expect(await first(source().pipe(selectExpr(hour)))).toEqual({ h: 0 });
  });

  it('reaches through other operators, and through those of rxjs', async () => {
    const set = source().pipe(session({ ansi: false }), where('n > 1'), union(source().pipe(session({ ansi: false }))));
    expect(await first(set.pipe(selectExpr('n + 1 AS m')))).toEqual({ m: -2147483648 });
  });

  it('refuses flows that do not agree, where an expression needs to know', () => {
    const differing = source().pipe(session({ timeZone: 'Asia/Tokyo' }), union(source()));
    expect(() => differing.pipe(where('n > 1'))).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_PIPELINE',
        message: expect.stringContaining('timeZone') as unknown,
      }),
    );
    expect(() => differing.pipe(session({ timeZone: 'UTC' }), where('n > 1'))).not.toThrow();
  });

  it.each([
    [{ timeZne: 'UTC' }, 'UNKNOWN_OPTION'],
    [{ timeZone: 'Mars/Olympus' }, 'INVALID_OPTION'],
    [{ ansi: 'yes' }, 'INVALID_OPTION'],
    [{ timeParserPolicy: 'NEW' }, 'INVALID_OPTION'],
  ])('refuses %j', (options, code) => {
    expect(() => session(options as never)).toThrow(expect.objectContaining({ code }));
  });

  it('costs nothing: a batch passes as it is', () => {
    marbles(({ cold, expectBatches }) => {
      const a = batch(rows, undefined, { schema: 'n INT' as never });
      expectBatches(cold('a|', { a }).pipe(session({ ansi: false }))).toBe('a|', { a });
    });
  });
});
