import fc from 'fast-check';
import { memorySink, memorySource } from '../../connectors/index.js';
import { col } from '../../lib/expressions/index.js';
import { startQuery } from '../../lib/index.js';
import { addData, expectNewRows, expectRows, start, stop, testStream } from '../../lib/testing/index.js';
import {
  type JoinType,
  dropDuplicates,
  join,
  mapRows,
  select,
  selectExpr,
  where,
  withColumnRenamed,
  withWatermark,
} from '../../operators/index.js';
import { type RanBatch, runSteps } from '../helpers/stateful-run.js';

interface Left {
  lk: string | null;
  lv: number;
  lt: Date | null;
}
interface Right {
  rk: string | null;
  rv: number;
  rt: Date | null;
}
type Short = readonly [key: string | null, value: number, second: number | null];

const at = (second: number | null): Date | null => (second === null ? null : new Date(second * 1000));
const leftRow = ([lk, lv, second]: Short): Left => ({ lk, lv, lt: at(second) });
const rightRow = ([rk, rv, second]: Short): Right => ({ rk, rv, rt: at(second) });
const both = (l: Short | null, r: Short | null) => ({
  ...(l === null ? { lk: null, lv: null, lt: null } : leftRow(l)),
  ...(r === null ? { rk: null, rv: null, rt: null } : rightRow(r)),
});

const sources = () => ({
  l: memorySource<Left>({ schema: 'lk STRING, lv INT, lt TIMESTAMP' }),
  r: memorySource<Right>({ schema: 'rk STRING, rv INT, rt TIMESTAMP' }),
});
type Sources = ReturnType<typeof sources>;
type Given = { readonly l?: readonly Short[]; readonly r?: readonly Short[] };

const timed = (type: JoinType, on: string, { l, r }: Sources) =>
  l.pipe(withWatermark('lt', '10 seconds'), join(r.pipe(withWatermark('rt', '10 seconds')), { on, type }));

/** The batches that ran at each step, with rows in an order of their own. */
async function ran(
  build: (sources: Sources) => ReturnType<typeof timed>,
  ...steps: readonly Given[]
): Promise<{ rows: readonly unknown[]; counts: RanBatch['counts'] }[][]> {
  const given = sources();
  const out = await runSteps(
    build(given) as never,
    steps.map(({ l, r }) => () => {
      if (l !== undefined) given.l.addData(l.map(leftRow));
      if (r !== undefined) given.r.addData(r.map(rightRow));
    }),
  );
  const text = (row: unknown): string => JSON.stringify(row);
  return out.map((batches) =>
    batches.map(({ rows, counts }) => ({
      rows: [...rows].sort((a, b) => (text(a) < text(b) ? -1 : 1)),
      counts,
    })),
  );
}

const range = 'lk = rk AND rt BETWEEN lt AND lt + INTERVAL 5 SECONDS';
/** Two streams with pairs, a row that waits for another batch, late rows, and rows without a partner. */
const scenario: readonly Given[] = [
  {
    l: [
      ['a', 1, 1],
      ['b', 2, 2],
      ['c', 3, 3],
    ],
    r: [
      ['a', 10, 3],
      ['b', 20, 20],
    ],
  },
  { r: [['c', 30, 4]] },
  { l: [['d', 4, 30]], r: [['d', 40, 32]] },
  {
    l: [
      ['a', 5, 1],
      ['e', 6, 31],
    ],
    r: [
      ['a', 50, 2],
      ['f', 60, 33],
    ],
  },
  { l: [['z', 9, 100]], r: [['z', 90, 100]] },
];
const a = both(['a', 1, 1], ['a', 10, 3]);
const c = both(['c', 3, 3], ['c', 30, 4]);
const d = both(['d', 4, 30], ['d', 40, 32]);
const z = both(['z', 9, 100], ['z', 90, 100]);
const noB = both(['b', 2, 2], null);
const noE = both(['e', 6, 31], null);
const onlyB = both(null, ['b', 20, 20]);
const onlyF = both(null, ['f', 60, 33]);

// The numbers are those of a running Spark.
describe('join of two streams', () => {
  it.each<[JoinType, unknown[][], unknown[][], unknown[][]]>([
    ['inner', [], [], []],
    ['left', [noB], [], [noE]],
    ['rightOuter', [], [onlyB], [onlyF]],
    ['full_outer', [noB], [onlyB], [noE, onlyF]],
  ] as never)(
    '%s: pairs, and what matches nothing when the watermark has passed',
    async (type, third, fourth, fifth) => {
      expect(await ran((given) => timed(type, range, given), ...scenario)).toEqual([
        [{ rows: [a], counts: [5, 5, 0, 0] }],
        [{ rows: [c], counts: [6, 1, 0, 0] }],
        [
          { rows: [d], counts: [8, 2, 0, 0] },
          { rows: third, counts: [3, 0, 5, 0] },
        ],
        [
          { rows: [], counts: [5, 2, 0, 2] },
          { rows: fourth, counts: [4, 0, 1, 0] },
        ],
        [
          { rows: [z], counts: [6, 2, 0, 0] },
          { rows: fifth, counts: [2, 0, 4, 0] },
        ],
      ]);
    },
  );

  it('leftSemi: the rows of the left side that match, once, which are not kept then', async () => {
    const one = (...short: Short[]) => short.map(leftRow);
    expect(await ran((given) => timed('leftSemi', range, given) as never, ...scenario)).toEqual([
      [{ rows: one(['a', 1, 1]), counts: [4, 4, 0, 0] }],
      [{ rows: one(['c', 3, 3]), counts: [4, 1, 1, 0] }],
      [
        { rows: one(['d', 4, 30]), counts: [5, 1, 0, 0] },
        { rows: [], counts: [2, 0, 3, 0] },
      ],
      [
        { rows: [], counts: [4, 2, 0, 2] },
        { rows: [], counts: [3, 0, 1, 0] },
      ],
      [
        { rows: one(['z', 9, 100]), counts: [4, 1, 0, 0] },
        { rows: [], counts: [1, 0, 3, 0] },
      ],
    ]);
  });

  it('joins every row of a key with every other, without a watermark for ever', () => {
    const { l, r } = sources();
    return testStream(l.pipe(join(r, { on: 'lk = rk' })), [
      addData(l, [leftRow(['a', 1, 1]), leftRow(['a', 2, 1])]),
      addData(r, [rightRow(['a', 10, 1]), rightRow(['b', 20, 1])]),
      expectRows([both(['a', 1, 1], ['a', 10, 1]), both(['a', 2, 1], ['a', 10, 1])]),
      stop(),
      start(),
      addData(r, [rightRow(['a', 30, 1])]),
      expectNewRows([both(['a', 1, 1], ['a', 30, 1]), both(['a', 2, 1], ['a', 30, 1])]),
    ]);
  });

  it('never matches null, and keeps it only where it comes out', async () => {
    const given: readonly Given[] = [
      { l: [[null, 1, 1]], r: [[null, 10, 1]] },
      { l: [['z', 9, 100]], r: [['z', 90, 100]] },
    ];
    expect(await ran((s) => timed('inner', 'lk = rk', s), ...given)).toEqual([
      [{ rows: [], counts: [0, 0, 0, 0] }],
      [{ rows: [z], counts: [2, 2, 0, 0] }],
    ]);
    expect(await ran((s) => timed('left', range, s), ...given)).toEqual([
      [{ rows: [], counts: [1, 1, 0, 0] }],
      [
        { rows: [z], counts: [3, 2, 0, 0] },
        { rows: [both([null, 1, 1], null)], counts: [2, 0, 1, 0] },
      ],
    ]);
  });

  it('matches null with <=>', async () => {
    const given: Given = { l: [[null, 1, 1]], r: [[null, 10, 1]] };
    expect((await ran((s) => timed('inner', 'lk <=> rk', s), given)).flat()).toEqual([
      { rows: [both([null, 1, 1], [null, 10, 1])], counts: [2, 2, 0, 0] },
    ]);
  });

  it('gives up keys that are event time with the watermark', async () => {
    const steps: readonly Given[] = [
      {
        l: [['a', 1, 1]],
        r: [
          ['a', 10, 1],
          ['a', 20, 2],
        ],
      },
      { l: [['b', 1, 40]], r: [['b', 1, 40]] },
      { l: [['a', 3, 2]], r: [['a', 4, 1]] },
    ];
    expect(await ran((s) => timed('inner', 'lk = rk AND lt = rt', s), ...steps)).toEqual([
      [{ rows: [both(['a', 1, 1], ['a', 10, 1])], counts: [3, 3, 0, 0] }],
      [
        { rows: [both(['b', 1, 40], ['b', 1, 40])], counts: [5, 2, 0, 0] },
        { rows: [], counts: [2, 0, 3, 0] },
      ],
      [{ rows: [], counts: [2, 0, 0, 2] }],
    ]);
  });

  it('gives at once what its own side rules out, and does not keep it', async () => {
    const [first] = await ran((s) => timed('full', `${range} AND lv > 1 AND rv > 10`, s), {
      l: [
        ['a', 1, 1],
        ['b', 2, 1],
      ],
      r: [
        ['a', 20, 1],
        ['b', 10, 1],
      ],
    });
    expect(first).toEqual([{ rows: [both(['a', 1, 1], null), both(null, ['b', 10, 1])], counts: [2, 2, 0, 0] }]);
    const [inner] = await ran((s) => timed('inner', `${range} AND lv > 1 AND rv > 10`, s), {
      l: [
        ['a', 1, 1],
        ['b', 2, 1],
      ],
      r: [['b', 20, 1]],
    });
    expect(inner).toEqual([{ rows: [both(['b', 2, 1], ['b', 20, 1])], counts: [2, 2, 0, 0] }]);
  });

  it('names columns that both sides have by their side, and all of them right below', async () => {
    const l = memorySource<{ id: number; v: number }>({ schema: 'id INT, v INT' });
    const r = memorySource<{ id: number; w: number }>({ schema: 'id INT, w INT' });
    const joined = l.pipe(join(r, { on: col('a.id').eq(col('b.id')) }));
    expect(joined.schema!.fields.map((f) => f.name)).toEqual(['a.id', 'v', 'b.id', 'w']);
    const sink = memorySink();
    const query = startQuery({
      from: joined.pipe(where('a.id = 1 AND b.w > 1'), selectExpr('a.id AS id', 'a.v', 'w')),
      to: sink,
    });
    const named = memorySink();
    const other = startQuery({ from: l.pipe(join(r, { on: 'x.id = y.id', as: ['x', 'y'] })), to: named });
    l.addData([
      { id: 1, v: 2 },
      { id: 2, v: 3 },
    ]);
    r.addData([
      { id: 1, w: 4 },
      { id: 2, w: 5 },
      { id: 1, w: 1 },
    ]);
    await query.processAllAvailable();
    await other.processAllAvailable();
    await query.stop();
    await other.stop();
    expect(sink.rows).toEqual([{ id: 1, v: 2, w: 4 }]);
    expect(named.rows).toContainEqual({ 'x.id': 2, v: 3, 'y.id': 2, w: 5 });
  });

  it('gives columns that sides are joined using once', async () => {
    const schema = 'k STRING, v INT, at TIMESTAMP';
    const l = memorySource<{ k: string; v: number; at: Date }>({ schema });
    const r = memorySource<{ k: string; v: number; at: Date }>({ schema });
    const [p, q] = [l.pipe(withWatermark('at', 0)), r.pipe(withWatermark('at', 0))];
    const joined = p.pipe(join(q, { on: ['k', 'at'], type: 'full' }));
    expect(joined.schema!.fields.map((f) => f.name)).toEqual(['k', 'at', 'a.v', 'b.v']);
    const batches = await runSteps(joined as never, [
      () => {
        l.addData([
          { k: 'x', v: 1, at: at(1)! },
          { k: 'y', v: 2, at: at(2)! },
        ]);
        r.addData([
          { k: 'x', v: 3, at: at(1)! },
          { k: 'z', v: 4, at: at(2)! },
        ]);
      },
    ]);
    expect(batches.flat().flatMap(({ rows }) => rows)).toEqual([
      { k: 'x', at: at(1), 'a.v': 1, 'b.v': 3 },
      { k: 'y', at: at(2), 'a.v': 2, 'b.v': null },
      { k: 'z', at: at(2), 'a.v': null, 'b.v': 4 },
    ]);
  });

  it('hands late rows of each side to its sink', async () => {
    const given = sources();
    const late = { left: memorySink(), right: memorySink() };
    const joined = given.l.pipe(
      withWatermark('lt', 0),
      join(given.r.pipe(withWatermark('rt', 0)), { on: 'lk = rk', lateRows: late }),
    );
    await runSteps(
      joined as never,
      [20, 20, 5].map((second) => () => {
        given.l.addData([leftRow(['a', second, second])]);
        given.r.addData([rightRow(['b', second, second])]);
      }),
    );
    expect(late.left.rows).toEqual([leftRow(['a', 5, 5])]);
    expect(late.right.rows).toEqual([rightRow(['b', 5, 5])]);
  });

  it('hands on the watermark behind which it keeps rows', () => {
    const { l, r } = sources();
    const on = 'lk = rk AND rt BETWEEN lt - INTERVAL 1 MINUTE AND lt + INTERVAL 1 HOUR';
    const { eventTime } = timed('inner', on, { l, r }).plan;
    expect([...eventTime!.columns]).toEqual([
      ['lt', 10_000],
      ['rt', 10_000],
    ]);
    // Rows of the left side may come an hour late, and one millisecond since the bounds belong to the range.
    expect(eventTime!.watermark(7_200_000)).toBe(3_599_999);
  });

  it('is followed by other operators with state', async () => {
    const given = sources();
    const flow = timed('inner', range, given).pipe(
      select('lk', 'lt'),
      dropDuplicates(['lk', 'lt']),
      withColumnRenamed('lt', 'at'),
    );
    const batches = await runSteps(flow as never, [
      () => {
        given.l.addData([leftRow(['a', 1, 1])]);
        given.r.addData([rightRow(['a', 1, 1]), rightRow(['a', 2, 2])]);
      },
      () => given.r.addData([rightRow(['a', 3, 3])]),
    ]);
    expect(batches.flat().flatMap(({ rows }) => rows)).toEqual([{ lk: 'a', at: at(1) }]);
  });

  it('comes back with what it kept, and what had matched', () => {
    const { l, r } = sources();
    return testStream(timed('left', range, { l, r }), [
      addData(l, [leftRow(['a', 1, 1]), leftRow(['b', 2, 2])]),
      addData(r, [rightRow(['a', 10, 3])]),
      expectNewRows([both(['a', 1, 1], ['a', 10, 3])]),
      stop(),
      start(),
      addData(r, [rightRow(['a', 11, 4])]),
      expectNewRows([both(['a', 1, 1], ['a', 11, 4])]),
      stop(),
      start(),
      addData(l, [leftRow(['z', 9, 100])]),
      addData(r, [rightRow(['z', 90, 100])]),
      expectRows([
        both(['a', 1, 1], ['a', 10, 3]),
        both(['a', 1, 1], ['a', 11, 4]),
        both(['z', 9, 100], ['z', 90, 100]),
        both(['b', 2, 2], null),
      ]),
    ]);
  });
});

describe('what a join of streams refuses', () => {
  const wm = (given: Sources) => ({
    l: given.l.pipe(withWatermark('lt', 0)),
    r: given.r.pipe(withWatermark('rt', 0)),
  });

  it.each<[string, JoinType, 'l' | 'r' | 'both' | 'none', boolean]>([
    // What Spark accepts and what it refuses.
    ['lk = rk', 'inner', 'none', true],
    ['lk = rk', 'left', 'none', false],
    ['lk = rk', 'right', 'both', false],
    ['lk = rk', 'leftSemi', 'both', false],
    [range, 'left', 'l', false],
    [range, 'left', 'r', true],
    [range, 'right', 'l', true],
    [range, 'right', 'r', false],
    [range, 'full', 'l', true],
    [range, 'full', 'r', true],
    [range, 'full', 'none', false],
    ['lk = rk AND lt = rt', 'left', 'l', true],
    ['lk = rk AND lt < rt', 'left', 'both', false],
    ['lk = rk AND lt > rt', 'left', 'both', true],
    ['rt >= lt', 'inner', 'both', false],
  ])('%s, %s, watermark: %s', (on, type, marked, accepted) => {
    const given = sources();
    const l = marked === 'l' || marked === 'both' ? wm(given).l : given.l;
    const r = marked === 'r' || marked === 'both' ? wm(given).r : given.r;
    const build = () => l.pipe(join(r as Sources['r'], { on, type }));
    if (accepted) expect(build).not.toThrow();
    else expect(build).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_PIPELINE' }));
  });

  it('what is no condition, no name, no type', () => {
    const { l, r } = sources();
    const other = memorySource<{ n: number }>();
    expect(() => l.pipe(join(r, { on: 'concat(lk, rk)' }))).toThrow(/true or false/);
    expect(() => l.pipe(join(r, { on: 'lk = rkk' }))).toThrow(/did you mean 'rk'/i);
    expect(() => l.pipe(join(r, { on: 'lk = rk', type: 'leftOutter' as 'left' }))).toThrow(/'leftOuter'/);
    expect(() => l.pipe(join(r, { on: 'lk = rk', as: ['x', 'X'] }))).toThrow(/two different names/);
    expect(() => l.pipe(join(r, { on: 'lk = rk', how: 'left' } as never))).toThrow(/no option 'how'/);
    expect(() => l.pipe(join(r, { on: 'lk = rk', type: 'leftAnti' }))).toThrow(/Use a left join/);
    expect(() => l.pipe(join(other as never, { on: 'lk = rk' }))).toThrow(
      expect.objectContaining({ code: 'SCHEMA_REQUIRED' }),
    );
    const rows = l.pipe(mapRows((row) => row));
    expect(() => rows.pipe(join(r, { on: 'lk = rk' }))).toThrow(expect.objectContaining({ code: 'SCHEMA_REQUIRED' }));
  });

  it('outer joins in other output modes than append, before the start', () => {
    const start = (type: JoinType, outputMode: 'update' | 'complete') => () =>
      startQuery({ from: timed(type, range, sources()), to: memorySink(), outputMode });
    const refused = expect.objectContaining({ code: 'UNSUPPORTED_OUTPUT_MODE' });
    expect(start('left', 'update')).toThrow(refused);
    expect(start('inner', 'complete')).toThrow(refused);
  });
});

describe('joins of random streams', () => {
  const row = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 9 }), fc.integer({ min: -5, max: 9 }));
  const step = fc.record({ l: fc.array(row, { maxLength: 6 }), r: fc.array(row, { maxLength: 6 }) });

  it.each<JoinType>(['inner', 'left', 'right', 'full', 'leftSemi'])(
    '%s: what one join of all rows gives, in whatever batches they come',
    (type) =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
          // Batch i holds seconds 10 i - 4 to 10 i + 10, so none is later than the delay, and none before 1970.
          const shift = (i: number, [k, v, s]: readonly [string, number, number]): Short => [
            k,
            v,
            10 * i + Math.max(s, i === 0 ? 0 : -5) + 1,
          ];
          const given = steps.map(({ l, r }, i) => ({ l: l.map((x) => shift(i, x)), r: r.map((x) => shift(i, x)) }));
          const last: Given = { l: [['end', 0, 10_000]], r: [['end', 0, 10_000]] };
          const batches = await ran((s) => timed(type, `${range} AND lv <= rv`, s), ...given, last);
          const rows = batches.flatMap((some) => some.flatMap((batch) => batch.rows));
          const all = [...given, last];
          const expected = joined(
            type,
            all.flatMap((g) => g.l!),
            all.flatMap((g) => g.r!),
          );
          const sorted = (list: readonly unknown[]): string[] => list.map((one) => JSON.stringify(one)).sort();
          expect(sorted(rows)).toEqual(sorted(expected));
        }),
        { numRuns: 25 },
      ),
  );

  function joined(type: JoinType, l: readonly Short[], r: readonly Short[]): unknown[] {
    const matches = (a: Short, b: Short): boolean =>
      a[0] === b[0] && b[2]! >= a[2]! && b[2]! <= a[2]! + 5 && a[1] <= b[1];
    if (type === 'leftSemi') return l.filter((a) => r.some((b) => matches(a, b))).map(leftRow);
    const pairs = l.flatMap((a) => r.filter((b) => matches(a, b)).map((b) => both(a, b)));
    const left = l.filter((a) => !r.some((b) => matches(a, b))).map((a) => both(a, null));
    const right = r.filter((b) => !l.some((a) => matches(a, b))).map((b) => both(null, b));
    return [
      ...pairs,
      ...(type === 'left' || type === 'full' ? left : []),
      ...(type === 'right' || type === 'full' ? right : []),
    ];
  }
});
