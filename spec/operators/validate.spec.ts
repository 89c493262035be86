import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileSink, memorySink, memorySource } from '../../connectors/index.js';
import { defineSink } from '../../lib/connect/index.js';
import { col } from '../../lib/expressions/index.js';
import { type Flow, type MicroBatch, startQuery } from '../../lib/index.js';
import { batch, countSteps, failAt, marbles, operatorSuite } from '../../lib/testing/index.js';
import { checkpoint, mapRows, select, trigger, type ValidateOptions, validate } from '../../operators/index.js';
import { counter } from '../helpers/pipelines.js';
import { tempDir } from '../helpers/temp-dir.js';
import { requiredCases } from './required-cases.js';

interface Row {
  a: number | null;
  b: string;
}
const schema = 'a INT, b STRING';
const rows: Row[] = [
  { a: 1, b: 'x' },
  { a: -2, b: 'y' },
  { a: null, b: 'a long text' },
];
const rules = { positive: 'a > 0', short: col('b').rlike('^.$') };
const good = rows.slice(0, 1);

describe('validate', () => {
  requiredCases<Row, Row>({
    operator: () => validate({ rules, otherwise: 'drop' }),
    rows: [rows, rows.slice(1)],
    out: [good, []],
    schema,
    throwing: { operator: () => validate({ rules, otherwise: 'fail' }), code: 'VALIDATION_FAILED' },
  });
  operatorSuite<Row>({
    name: 'validate, dropping',
    operator: () => validate({ rules, otherwise: 'drop' }),
    input: rows,
    schema: schema,
    output: good,
    failing: { operator: () => validate({ rules, otherwise: 'fail' }), error: 'VALIDATION_FAILED' },
  });
  operatorSuite<Row>({
    name: 'validate, with a dead-letter sink',
    operator: () => validate({ rules, otherwise: memorySink() }),
    input: rows,
    output: good,
  });

  it('fails with the rules, how many rows break them, and the first', () => {
    marbles(({ cold, expectBatches, expectSettled }) => {
      const source = cold('-a|', { a: batch(rows, undefined, { id: 7, schema: schema as never }) });
      expectBatches(source.pipe(validate<Row>({ rules, otherwise: 'fail', name: 'orders' }))).toBe(
        '-#',
        {},
        /^orders: 2 of 3 rows of batch 7 break rules: positive: \(a > 0\) \(2\); short: .* \(1\)\. The first is row 1: a = -2\.$/,
      );
      expectSettled(source).toBe('-#', 'VALIDATION_FAILED');
    });
  });

  it('gives a sink what is bad, with what is wrong with it, and goes on with what is good', async () => {
    const source = memorySource<Row>({ schema });
    source.addData(rows);
    const bad = memorySink<Record<string, unknown>>();
    const sink = memorySink<Row>();
    const query = startQuery({
      from: source.pipe(validate({ rules, otherwise: bad as never }), trigger({ availableNow: true })),
      to: sink,
    });
    await query.awaitTermination();
    expect(sink.rows).toEqual(good);
    const letter = { source: 'validate', batch_id: 0 };
    expect(bad.rows).toEqual([
      {
        record: '{"a":-2,"b":"y"}',
        position: 'batch 0, row 1',
        error: 'positive: (a > 0)',
        rules: 'positive',
        ...letter,
      },
      {
        record: '{"b":"a long text"}',
        position: 'batch 0, row 2',
        error: "positive: (a > 0); short: (b RLIKE '^.$')",
        rules: 'positive, short',
        ...letter,
      },
    ]);
    expect(query.lastProgress!.observedMetrics).toEqual({
      validate: { rows: 3, broken: 2, rules: { positive: 2, short: 1 } },
    });
  });

  it('looks at whole rows for a dead letter, and at what the rules name otherwise', () => {
    const source = memorySource<Row>({ schema }) as unknown as Flow<Row>;
    const needs = (otherwise: ValidateOptions['otherwise']) =>
      source.pipe(validate({ rules: { positive: 'A > 0' }, otherwise })).plan.needs!(new Set(['b']));
    expect(needs('drop')).toEqual(new Set(['a', 'b']));
    expect(needs(memorySink())).toBe('all');
  });

  it('a batch commits when its dead letters are durable, and not if they cannot be', () => {
    marbles(({ cold, expectBatches, expectSettled, scheduler }) => {
      let error: Error | undefined;
      const slow = {
        next: (letters: MicroBatch<unknown>) => {
          const done = letters.hold();
          scheduler.schedule(() => done(error), 3);
        },
        error: () => undefined,
        complete: () => undefined,
      };
      const typed = (id: number): ReturnType<typeof batch<Row>> =>
        batch(rows, undefined, { id, schema: schema as never });
      const [a, b] = [typed(0), typed(1)];
      const source = cold('-a-----b-|', { a, b });
      const result = source.pipe(validate<Row>({ rules, otherwise: slow }));
      expectBatches(result).toBe('-x-----y-|', { x: a.with(good), y: b.with(good) });
      scheduler.schedule(() => (error = new Error('disk')), 5);
      expectSettled(source).toBe('----a-----#', /disk/);
    });
  });

  it('leaves each dead letter once, however often the batch comes, and closes its sink with the query', async () => {
    const dir = tempDir();
    const failures = [3, 5];
    let closed = 0;
    const run = async (): Promise<void> => {
      const numbers = counter({ total: 40, perBatch: 5 });
      const bad = fileSink({ format: 'json', path: join(dir, 'bad') });
      const closing = defineSink({
        op: 'closing',
        supports: { exactlyOnce: true },
        open: () => ({ write: () => undefined, close: () => void closed++ }),
      });
      const main = defineSink<{ n: number }>({
        op: 'main',
        supports: { exactlyOnce: true },
        open: () => ({
          write: ({ id }) => {
            if (failures[0] !== id) return;
            failures.shift();
            throw new Error('planted');
          },
        }),
      });
      const query = startQuery({
        from: numbers.pipe(
          validate({ rules: { odd: 'n % 2 = 1' }, otherwise: bad }),
          validate({ rules: { small: 'n < 1000' }, otherwise: closing, name: 'second' }),
          checkpoint(join(dir, 'checkpoint')),
        ),
        to: main,
      });
      await query.awaitTermination();
    };
    await expect(run()).rejects.toMatchObject({ code: 'SINK_FAILED' });
    await expect(run()).rejects.toMatchObject({ code: 'SINK_FAILED' });
    await run();
    const letters = readdirSync(join(dir, 'bad'))
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) =>
        readFileSync(join(dir, 'bad', name), 'utf8')
          .trim()
          .split('\n'),
      )
      .map((line) => JSON.parse(line) as { record: string; batch_id: number });
    const numbers = letters.map(({ record }) => (JSON.parse(record) as { n: number }).n);
    expect(numbers.sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i));
    expect(
      letters.every(({ record, batch_id }) => Math.floor((JSON.parse(record) as { n: number }).n / 5) === batch_id),
    ).toBe(true);
    expect(closed).toBe(3);
  });

  it('whatever step to the disk fails, good and bad rows are each there once after the next run', async () => {
    const root = tempDir();
    const written = (dir: string): { n?: number; record?: string }[] => {
      const files = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.json')) : [];
      const lines = files.flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'));
      return lines.map((line) => JSON.parse(line) as { n?: number; record?: string });
    };
    const run = (dir: string): Promise<unknown> =>
      startQuery({
        from: counter({ total: 8, perBatch: 4 }).pipe(
          validate({ rules: { odd: 'n % 2 = 1' }, otherwise: fileSink({ format: 'json', path: join(dir, 'bad') }) }),
          checkpoint(join(dir, 'checkpoint')),
        ),
        to: fileSink({ format: 'json', path: join(dir, 'good') }),
      }).awaitTermination();
    const steps = countSteps();
    await run(join(root, 'whole'));
    steps.stop();
    const numbers = steps.steps.filter(({ path }) => /\/bad|\.log$/.test(path)).map((step) => step.number);
    expect(numbers.length).toBeGreaterThan(20);
    for (const n of numbers) {
      const dir = join(root, String(n));
      const undo = failAt(n, 'EIO');
      await run(dir).catch(() => undefined);
      undo();
      await run(dir);
      const good = written(join(dir, 'good')).map((row) => row.n!);
      const bad = written(join(dir, 'bad')).map((row) => (JSON.parse(row.record!) as { n: number }).n);
      expect([n, good.sort(), bad.sort()]).toEqual([n, [1, 3, 5, 7], [0, 2, 4, 6]]);
    }
  }, 60_000);

  it('takes the types of values that nobody declared, and keeps the rows the objects that they are', () => {
    const bad = memorySink<{ record: string }>();
    marbles(({ cold, expectBatches }) => {
      const plain = [
        { a: 1, at: new Set() },
        { a: 0, big: 2n ** 60n, odd: 'x' },
      ];
      const result = cold('ae|', { a: batch(plain), e: batch([] as typeof plain) }).pipe(
        validate({ rules: { positive: 'a > 0' }, otherwise: bad }),
      );
      expectBatches(result as never).toBe('ae|', { a: batch(plain.slice(0, 1)), e: batch([]) });
    });
    expect(bad.rows.map((row) => row.record)).toEqual(['{"a":0,"big":"1152921504606846976","odd":"x"}']);
  });

  it('stands between operators that know rows and those that know columns', async () => {
    const sink = memorySink<{ b: string }>();
    await startQuery({
      from: counter({ total: 10 }).pipe(
        mapRows(({ n }) => ({ n, b: `row ${n}` })),
        validate({ rules: { small: 'n < 2' }, otherwise: 'drop' }),
        select('b'),
      ),
      to: sink,
    }).awaitTermination();
    expect(sink.rows).toEqual([{ b: 'row 0' }, { b: 'row 1' }]);
  });

  it.each([
    [{ rules: {}, otherwise: 'drop' }, 'INVALID_OPTION'],
    [{ rules, otherwise: 'ignore' }, 'INVALID_OPTION'],
    [{ rules }, 'MISSING_OPTION'],
    [{ rules: { bad: 'a >' }, otherwise: 'drop' }, 'INVALID_EXPRESSION'],
  ])('refuses options such as %j', (options, code) => {
    expect(() => validate(options as never)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a rule that is no condition, or about no column', () => {
    const source = memorySource<Row>({ schema }) as unknown as Flow<Row>;
    const withRule = (rule: string) => () => source.pipe(validate({ rules: { rule }, otherwise: 'drop' }));
    expect(withRule('a + 1')).toThrow(expect.objectContaining({ code: 'INVALID_EXPRESSION' }));
    expect(withRule('c > 1')).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
  });
});
