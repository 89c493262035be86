import { encodeParquet } from '../../../connectors/file/parquet/index.js';
import { type FileSourceOptions, fileSource } from '../../../connectors/file/index.js';
import type { MicroBatch } from '../../../lib/batch/index.js';
import { Table } from '../../../lib/columns/index.js';
import { type Condition, conditionsOf } from '../../../lib/expressions/conditions.js';
import { Scope, parseExpression, resolve } from '../../../lib/expressions/index.js';
import type { Flow } from '../../../lib/flow.js';
import { startQuery } from '../../../lib/query/index.js';
import { parseDdl } from '../../../lib/schema/index.js';
import { drop, limit, select, trigger, where, withColumn, withColumnRenamed } from '../../../operators/index.js';
import { Driver, rowsOf, temporaryDirectory, write } from './support.js';

const ddl = 'id INT, amount DECIMAL(9,2), note STRING';
const schema = parseDdl(ddl);
const conditionsIn = (sql: string): readonly Condition[] =>
  conditionsOf(resolve(parseExpression(sql), Scope.of(schema)), schema);

const directory = temporaryDirectory();
beforeEach(() => {
  for (const file of [0, 1]) {
    const rows = Array.from({ length: 100 }, (_, i) => ({ id: file * 100 + i, amount: i * 2, note: `note ${i}` }));
    const bytes = encodeParquet([Table.fromRows(rows, schema)], { maxRowGroupRows: 10 });
    write(directory.file(`in/${file}.parquet`), bytes, 1000 + file);
  }
});
const options = (): FileSourceOptions => ({ format: 'parquet', path: directory.file('in'), schema: ddl });
const ids = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row['id']);

async function rowsOfFlow(flow: Flow): Promise<unknown[]> {
  const found: unknown[] = [];
  const to = { next: (b: MicroBatch) => void found.push(...b.rows), error: () => undefined, complete: () => undefined };
  await startQuery({ from: flow.pipe(trigger({ availableNow: true })), to }).awaitTermination();
  return found;
}

describe('row groups that cannot hold what is looked for', () => {
  it('are not read, and keep their positions', async () => {
    const driver = await Driver.open(options(), { conditions: conditionsIn('id >= 25 AND id < 40') });
    const { rows, end } = (await driver.batch())!;
    expect(ids(rows)).toEqual(Array.from({ length: 20 }, (_, i) => 20 + i));
    expect(end).toEqual({ file: 2, position: 0 });
    expect(driver.reader.status!().metrics).toMatchObject({ numRowsSkipped: 180 });
    await driver.close();
  });

  it('leave batches bounded by what is read, and ranges that mean the same rows whatever is asked', async () => {
    const driver = await Driver.open(options(), { conditions: conditionsIn('id >= 25 AND id < 150') });
    const batches = [];
    for (let batch = await driver.batch({ all: false, rows: 16, bytes: 1e9 }); batch !== undefined;) {
      batches.push(batch);
      batch = await driver.batch({ all: false, rows: 16, bytes: 1e9 });
    }
    await driver.close();
    expect(batches.flatMap(({ rows }) => ids(rows))).toEqual(Array.from({ length: 130 }, (_, i) => 20 + i));
    expect(batches.length).toBeGreaterThan(5);
    // A restart with another condition, or none, reads each range as it was planned.
    for (const conditions of [[], conditionsIn('id < 120')]) {
      const again = await Driver.open(options(), { remembered: driver.remembered, conditions });
      for (const { start, end, rows } of batches) {
        const found = await again.reader.read(start, end);
        const asked = (id: unknown): boolean => (id as number) >= 25 && (id as number) < 120;
        expect(ids(rowsOf(found)).filter(asked)).toEqual(ids(rows).filter(asked));
      }
      await again.close();
    }
    const whole = await Driver.open(options(), { remembered: driver.remembered });
    const every = [];
    for (const { start, end } of batches) every.push(...ids(rowsOf(await whole.reader.read(start, end))));
    expect(every).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await whole.close();
  });

  it('may be all of a batch, which then has no rows', async () => {
    const driver = await Driver.open(options(), { conditions: conditionsIn('id < 0') });
    expect(await driver.batch()).toMatchObject({ rows: [], end: { file: 2, position: 0 } });
    expect(await driver.batch()).toBeUndefined();
    await driver.close();
  });
});

describe('a filter', () => {
  const source = (): Flow => fileSource(options());

  it.each<[string, (flow: Flow) => Flow<never>, string]>([
    ['alone', (f) => f.pipe(where('amount > 100')) as never, 'pushed: amount > 100.00BD'],
    [
      'below names and columns that are computed',
      (f) => f.pipe(withColumnRenamed('id', 'n'), withColumn('m', 'n + 1'), where('n > 3 AND m < 9')) as never,
      'pushed: id > 3',
    ],
    [
      'below a trigger',
      (f) => f.pipe(trigger({ availableNow: true }), where('note IS NULL'), select('id')) as never,
      'columns: id, note pushed: note IS NULL',
    ],
    [
      'in two steps',
      (f) => f.pipe(where('id > 3'), drop('note'), where('id < 9')) as never,
      'pushed: id > 3 AND id < 9',
    ],
  ])('%s is told to the source, as explain shows', (_, build, expected) => {
    expect(build(source()).explain()).toContain(expected);
  });

  it.each<[string, (flow: Flow) => Flow<never>]>([
    ['below a limit', (f) => f.pipe(limit(5), where('id > 3')) as never],
    ['of what is computed', (f) => f.pipe(withColumn('id', 'id + 1'), where('id > 3')) as never],
    ['of a random number before it', (f) => f.pipe(withColumn('r', 'rand(1)'), where('id > 3')) as never],
  ])('%s is not', (_, build) => {
    expect(build(source()).explain()).not.toContain('pushed');
  });

  it.each(['csv', 'json'] as const)('of %s is not told, and columns that nothing needs are not decoded', (format) => {
    const text$ = fileSource({ format, path: directory.file('in'), schema: ddl });
    const flow$ = text$.pipe(
      where('amount > 100'),
      withColumn('m', 'id + 1'),
      withColumn('n', 'upper(note)'),
      select('m'),
    );
    expect(flow$.explain()).toContain('columns: id, amount');
    expect(flow$.explain()).not.toContain('pushed');
  });

  it('of csv does not see what is malformed in columns that nothing needs', async () => {
    write(directory.file('csv/a.csv'), '1,2.50,x\n2,none,y\n');
    const rows = async (...columns: ('id' | 'amount')[]): Promise<unknown[]> => {
      const csv$ = fileSource({ format: 'csv', path: directory.file('csv'), schema: ddl, mode: 'DROPMALFORMED' });
      return rowsOfFlow(csv$.pipe(where('id > 0'), select(...(columns as never[]))));
    };
    expect(await rows('id')).toEqual([{ id: 1 }, { id: 2 }]);
    expect((await rows('id', 'amount')).length).toBe(1);
  });

  it.each([
    'id >= 25 AND id < 40',
    'amount > 150 OR id = 3',
    "note = 'note 7' AND amount IS NOT NULL",
    'id < 0',
    'rand(3) < 0.5 AND id > 150',
  ])('gives the same rows: %s', async (sql) => {
    const pushed = await rowsOfFlow(source().pipe(where(sql)));
    // Nothing is told across an operator of functions.
    const filtered = await rowsOfFlow(source().pipe(limit(1e6), where(sql)));
    expect(pushed).toEqual(filtered);
    expect(pushed.length > 0).toBe(sql !== 'id < 0');
  });
});
