import { Subject, firstValueFrom, tap } from 'rxjs';
import { memorySink, memorySource } from '../../connectors/index.js';
import { startQuery } from '../../lib/index.js';
import { addData, advanceBy, expectError, expectNewRows, expectRows, testStream } from '../../lib/testing/index.js';
import { type JoinType, joinTable, mapRows, select, selectExpr, where, withWatermark } from '../../operators/index.js';

interface Row {
  k: string | null;
  v: number;
}
interface Name {
  k: string | null;
  name: string;
}

const schema = 'k STRING, v INT';
const names: readonly Name[] = [
  { k: 'a', name: 'Anna' },
  { k: 'b', name: 'Bert' },
  { k: 'a', name: 'Alma' },
  { k: null, name: 'None' },
];
const rows: readonly Row[] = [
  { k: 'c', v: 2 },
  { k: 'a', v: 1 },
  { k: null, v: 3 },
  { k: 'b', v: 4 },
];

async function run<Out>(
  build: (input: ReturnType<typeof memorySource<Row>>) => unknown,
  given: readonly Row[] = rows,
): Promise<readonly Out[]> {
  const input = memorySource<Row>({ schema });
  const sink = memorySink();
  const query = startQuery({ from: build(input) as typeof input, to: sink });
  input.addData(given as Row[]);
  await query.processAllAvailable();
  await query.stop();
  return sink.rows as readonly Out[];
}

// What comes out is what a running Spark gives; the order is that of the rows.
describe('joinTable', () => {
  it.each<[JoinType, unknown[]]>([
    [
      'inner',
      [
        { k: 'a', v: 1, name: 'Anna' },
        { k: 'a', v: 1, name: 'Alma' },
        { k: 'b', v: 4, name: 'Bert' },
      ],
    ],
    [
      'left_outer',
      [
        { k: 'c', v: 2, name: null },
        { k: 'a', v: 1, name: 'Anna' },
        { k: 'a', v: 1, name: 'Alma' },
        { k: null, v: 3, name: null },
        { k: 'b', v: 4, name: 'Bert' },
      ],
    ],
    [
      'leftSemi',
      [
        { k: 'a', v: 1 },
        { k: 'b', v: 4 },
      ],
    ],
    [
      'anti',
      [
        { k: 'c', v: 2 },
        { k: null, v: 3 },
      ],
    ],
  ])('%s', async (type, expected) => {
    expect(await run((input) => input.pipe(joinTable(names, { on: ['k'], type })))).toEqual(expected);
  });

  it('takes a condition, also one in which nothing is equal', async () => {
    const on = "a.k = b.k AND v < 4 AND name <> 'Anna'";
    expect(await run((input) => input.pipe(joinTable(names, { on }), selectExpr('a.k AS k', 'v', 'name')))).toEqual([
      { k: 'a', v: 1, name: 'Alma' },
    ]);
    const less = [{ limit: 1 }, { limit: 3 }];
    expect(await run((input) => input.pipe(joinTable(less, { on: 'v < limit', type: 'left' })))).toEqual([
      { k: 'c', v: 2, limit: 3 },
      { k: 'a', v: 1, limit: 3 },
      { k: null, v: 3, limit: null },
      { k: 'b', v: 4, limit: null },
    ]);
  });

  it('names columns that both have by their side', async () => {
    const input = memorySource<Row>({ schema });
    const joined = input.pipe(joinTable(names, { on: 'row.k = t.k', as: ['row', 't'] }), where("row.k = 'b'"));
    expect(joined.schema!.fields.map((f) => f.name)).toEqual(['row.k', 'v', 't.k', 'name']);
    expect(await run((source) => source.pipe(joinTable(names, { on: ['k'] }), select('name', 'v')))).toContainEqual({
      name: 'Bert',
      v: 4,
    });
  });

  it('finds out types where nobody declared them', async () => {
    const input = memorySource();
    const sink = memorySink();
    const query = startQuery({
      from: input.pipe(
        mapRows((row) => ({ id: row['id'] as number, extra: new Set([1]) })),
        where('id < 3'),
        joinTable<{ id: number; extra: Set<number> }, { id: number; name: string }, 'id'>([{ id: 1, name: 'one' }], {
          on: ['id'],
        }),
      ),
      to: sink,
    });
    for (const ids of [[], [1, 2], [], [3]]) {
      input.addData(ids.map((id) => ({ id })));
      await query.processAllAvailable();
    }
    await query.stop();
    expect(sink.rows).toEqual([{ id: 1, extra: new Set([1]), name: 'one' }]);
  });

  it('loads the table before the first batch, and again when it is too old', async () => {
    let version = 0;
    const load = async (): Promise<readonly Name[]> => Promise.resolve([{ k: 'a', name: `v${++version}` }]);
    const joined = (name: string) => [{ k: 'a', v: 1, name }];
    await testStream(
      ({ input }) => input.pipe(joinTable(load, { on: ['k'], type: 'left', refresh: '10 minutes' })),
      [
        addData([{ k: 'a', v: 1 }]),
        expectNewRows(joined('v1')),
        advanceBy('9 minutes'),
        addData([{ k: 'a', v: 1 }]),
        expectNewRows(joined('v1')),
        advanceBy('1 minute'),
        addData([{ k: 'a', v: 1 }]),
        expectNewRows(joined('v2')),
        addData([{ k: 'a', v: 1 }]),
        expectNewRows(joined('v2')),
      ],
      { schema },
    );
    expect(version).toBe(2);
  });

  it('holds the batch until the table is there', async () => {
    const table = new Subject<readonly Name[]>();
    const seen: number[] = [];
    const input = memorySource<Row>({ schema });
    const query = startQuery({
      from: input.pipe(
        joinTable(() => firstValueFrom(table), { on: ['k'] }),
        tap((batch) => seen.push(batch.numRows)),
      ),
      to: memorySink(),
    });
    input.addData([{ k: 'a', v: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toEqual([]);
    table.next(names);
    await query.processAllAvailable();
    await query.stop();
    expect(seen).toContain(2);
  });

  it('fails with what the loader throws, at a refresh too', () => {
    let calls = 0;
    const load = (): readonly Name[] => {
      if (++calls > 1) throw new Error('the database is away');
      return names;
    };
    return testStream(
      ({ input }) => input.pipe(joinTable(load, { on: ['k'], refresh: '1 minute' })),
      [
        addData([{ k: 'b', v: 1 }]),
        expectRows([{ k: 'b', v: 1, name: 'Bert' }]),
        advanceBy('2 minutes'),
        addData([{ k: 'b', v: 1 }]),
        expectError(/could not be loaded: the database is away/),
      ],
      { schema },
    );
  });

  it('passes event time on, under the name that its column has', () => {
    const input = memorySource<{ k: string; at: Date }>({ schema: 'k STRING, at TIMESTAMP' });
    const marked = input.pipe(withWatermark('at', 5));
    const same = marked.pipe(joinTable([{ k: 'a', at: new Date(0) }], { on: ['k'] }));
    expect([...same.plan.eventTime!.columns]).toEqual([['a.at', 5]]);
    expect([...marked.pipe(joinTable(names, { on: ['k'] })).plan.eventTime!.columns]).toEqual([['at', 5]]);
  });

  it('drops rows that match nothing before the watermark counts them, as Spark does', () => {
    const input = memorySource<Row>({ schema });
    const { inputs } = input.pipe(joinTable(names, { on: 'a.k = b.k AND v > 1' })).plan;
    expect(inputs[0]!.inputs[0]!.op).toBe('where');
    expect(input.pipe(joinTable(names, { on: ['k'], type: 'left' })).plan.inputs[0]).toBe(input.plan);
  });

  it('refuses what it cannot do', () => {
    const input = memorySource<Row>({ schema });
    for (const type of ['right', 'fullOuter'] as const) {
      expect(() => input.pipe(joinTable(names, { on: ['k'], type }))).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED_PIPELINE' }),
      );
    }
    expect(() => input.pipe(joinTable(names, { on: ['k'], refresh: '1 minute' }))).toThrow(
      /'refresh' is for a table that is loaded/,
    );
    expect(() => joinTable('names' as never, { on: 'a.k = b.k' })).toThrow(/a list of rows, or a function/);
    expect(() => joinTable(names, {} as never)).toThrow(/'on' is required/);
    expect(() => input.pipe(joinTable(names, { on: ['q'] } as never))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_COLUMN' }),
    );
  });
});
