import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSinkOptions, fileSink, memorySource } from '../../connectors/index.js';
import { type Flow, startQuery } from '../../lib/index.js';
import type { FlowOperator } from '../../lib/operator.js';
import { coalesce, mapRows, repartition, trigger, where, withColumn } from '../../operators/index.js';
import { requiredCases } from './required-cases.js';

interface Row {
  k: string | null;
  v: number;
}
const rows: Row[] = [...'abcdefgh'].map((k, v) => ({ k, v }));
const schema = 'k STRING, v INT';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sluice-repartition-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const source = (data = rows): Flow<Row> => {
  const made = memorySource<Row>({ schema });
  made.addData(data);
  return made.pipe(trigger({ availableNow: true }));
};

/** The files that a flow becomes, in order. */
async function files(flow: Flow<never>, more: Partial<FileSinkOptions> = {}): Promise<string[]> {
  const to = fileSink({ format: 'csv', path: dir, ...more } as FileSinkOptions);
  await startQuery({ from: flow, to }).awaitTermination();
  const names = readdirSync(dir, { recursive: true }).map(String);
  return names
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n').join(' '));
}

const through = (...operators: FlowOperator<never, never>[]): Flow<never> =>
  operators.reduce((flow, operator) => flow.pipe(operator), source() as unknown as Flow<never>);

describe('repartition', () => {
  requiredCases<Row, Row>({
    operator: () => repartition(3, 'k'),
    rows: [rows, rows.slice(1)],
    out: [rows, rows.slice(1)],
    schema,
  });

  it('deals rows out in turn', async () => {
    expect(await files(through(repartition(3)))).toEqual(['a,0 d,3 g,6', 'b,1 e,4 h,7', 'c,2 f,5']);
  });

  it('makes no file for which there is no row', async () => {
    expect(await files(through(repartition(20)))).toHaveLength(8);
  });

  it('puts rows together that are alike in columns, where Spark puts them', async () => {
    // What pmod(hash(v), 3) gives for 0 to 7 in Spark.
    const byHash = new Map<number, string[]>();
    const hashes = await files(through(withColumn('p', 'pmod(hash(v), 3)') as never));
    for (const line of hashes[0]!.split(' ')) {
      const [k, v, p] = line.split(',');
      byHash.set(Number(p), [...(byHash.get(Number(p)) ?? []), `${k},${v}`]);
    }
    rmSync(dir, { recursive: true });
    const wanted = [0, 1, 2].flatMap((p) => byHash.get(p)?.join(' ') ?? []);
    expect(wanted.length).toBeGreaterThan(1);
    expect(await files(through(repartition(3, 'v')))).toEqual(wanted);
  });

  it('is kept by what comes after it, also where rows go', async () => {
    expect(await files(through(repartition(2), where('v > 3') as never))).toEqual(['e,4 g,6', 'f,5 h,7']);
    rmSync(dir, { recursive: true });
    expect(await files(through(repartition(2), mapRows(({ v }: Row) => ({ v })) as never))).toHaveLength(2);
  });

  it('holds for each folder, with a limit on rows', async () => {
    const flow = source([...'aabbaa'].map((k, v) => ({ k, v }))).pipe(repartition(2));
    expect(await files(flow as never, { partitionBy: 'k', maxRecordsPerFile: 1 })).toEqual([
      '0',
      '4',
      '1',
      '5',
      '2',
      '3',
    ]);
  });

  it('fails where a column has gone', async () => {
    const flow = through(repartition(2, 'k'), mapRows(({ v }: Row) => ({ v })) as never);
    await expect(files(flow)).rejects.toMatchObject({ code: 'UNKNOWN_COLUMN' });
  });

  it('refuses what is no number of partitions, and columns that are not there', () => {
    const refused = (code: string) => expect.objectContaining({ code });
    for (const n of [0, -1, 1.5, NaN, '2']) expect(() => repartition(n as number)).toThrow(refused('INVALID_OPTION'));
    expect(() => coalesce(0)).toThrow(refused('INVALID_OPTION'));
    expect(() => source().pipe(repartition(2, 'x' as never))).toThrow(refused('UNKNOWN_COLUMN'));
  });
});

describe('coalesce', () => {
  requiredCases<Row, Row>({
    operator: () => coalesce(1),
    rows: [rows, rows.slice(1)],
    out: [rows, rows.slice(1)],
    schema,
  });

  it('puts neighbours together', async () => {
    // Partitions 0, 1-2, 3-4 of five.
    expect(await files(through(repartition(5), coalesce(3)))).toEqual(['a,0 f,5', 'b,1 c,2 g,6 h,7', 'd,3 e,4']);
  });

  it('to one file, without moving a row', async () => {
    expect(await files(through(repartition(4), coalesce(1)))).toEqual([rows.map(({ k, v }) => `${k},${v}`).join(' ')]);
  });

  it('never makes more', async () => {
    expect(await files(through(coalesce(4)))).toHaveLength(1);
    rmSync(dir, { recursive: true });
    expect(await files(through(repartition(2), coalesce(4)))).toHaveLength(2);
  });
});

it('both stand in the plan', async () => {
  const query = startQuery({
    from: through(repartition(4, 'k'), coalesce(2)),
    to: fileSink({ format: 'csv', path: dir }),
  });
  expect(query.explain()).toContain('coalesce 2\n   +- repartition 4, k');
  await query.awaitTermination();
});
