import { type FileSourceOptions, fileSink, fileSource, foreachBatchSink } from '../../../../connectors/index.js';
import { startQuery } from '../../../../lib/index.js';
import { checkpoint, trigger, where } from '../../../../operators/index.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { codeOf, errorOf } from '../support.js';
import { put, run } from './running.js';

const csv = { format: 'csv', schema: 'id INT, v STRING', header: true } as const;

function grown(): string {
  const dir = tempDir();
  put(dir, 'a.csv', 'id,v\n1,x\n');
  put(dir, 'b.csv', 'v,extra,ID\ny,e,2\n');
  put(dir, 'c.csv', 'id\n3\n');
  return dir;
}

describe('columns that later files have besides', () => {
  it('are not read, as in Spark: columns of csv go by their place', async () => {
    const dir = tempDir();
    put(dir, 'a.csv', 'id,v\n1,x\n');
    put(dir, 'b.csv', 'id,v,extra\n2,y,e\n');
    const { rows } = await run({ ...csv, path: dir });
    expect(rows).toEqual([
      { id: 1, v: 'x' },
      { id: 2, v: 'y' },
    ]);
  });

  it('are added, from the batch on that begins with the first file that has them', async () => {
    const { rows, metrics } = await run({ ...csv, path: grown(), schemaEvolution: 'addColumns' });
    expect(rows).toEqual([
      { id: 1, v: 'x' },
      { id: 2, v: 'y', extra: 'e' },
      { id: 3, v: null, extra: null },
    ]);
    expect(metrics.map(({ schemaChange }) => schemaChange)).toEqual([
      undefined,
      expect.stringMatching(/^new column 'extra' STRING \(.*b\.csv\)$/),
    ]);
  });

  it('stay when the query starts again, and when what was planned is read again', async () => {
    const dir = grown();
    const checkpoints = `${tempDir()}/c`;
    const options: FileSourceOptions = { ...csv, path: dir, schemaEvolution: 'addColumns', maxFilesPerTrigger: 1 };
    const got: unknown[] = [];
    const start = (failing: number) =>
      startQuery({
        from: fileSource(options).pipe(trigger({ availableNow: true }), checkpoint(checkpoints)),
        to: foreachBatchSink<Record<string, unknown>>((batch, id) => {
          if (id === failing) throw new Error('the sink fails');
          got.push(...batch.rows);
        }),
      }).awaitTermination();
    await expect(start(1)).rejects.toThrow('the sink fails');
    await expect(start(2)).rejects.toThrow('the sink fails');
    await start(-1);
    put(dir, 'd.csv', 'extra,id\nf,4\n');
    await start(-1);
    expect(got).toEqual([
      { id: 1, v: 'x' },
      { id: 2, v: 'y', extra: 'e' },
      { id: 3, v: null, extra: null },
      { id: 4, v: null, extra: 'f' },
    ]);
  });

  it('are there for expressions from then on', async () => {
    const dir = grown();
    put(dir, 'd.csv', 'id,extra\n4,other\n');
    const { rows } = await run(
      { ...csv, path: dir, schemaEvolution: 'addColumns' },
      { then: (flow) => flow.pipe(where('id > 1')) },
    );
    expect(rows.map((row) => row['extra'])).toEqual(['e', null, 'other']);
  });

  it('of json have the types that their values have, members of structs among them', async () => {
    const dir = tempDir();
    put(dir, 'a.json', '{"id":1,"s":{"a":1}}\n');
    put(dir, 'b.json', '{"id":2,"s":{"a":2,"b":"q"},"t":1.5}\n');
    const { rows } = await run({ format: 'json', path: dir, schemaEvolution: 'addColumns', maxFilesPerTrigger: 1 });
    // All that is there at first tells the columns.
    expect(rows[0]).toEqual({ id: 1, s: { a: 1, b: null }, t: null });

    const later = tempDir();
    put(later, 'a.json', '{"id":1,"s":{"a":1}}\n');
    const checkpoints = `${tempDir()}/c`;
    const options: FileSourceOptions = { format: 'json', path: later, schemaEvolution: 'addColumns' };
    await run(options, { checkpoint: checkpoints });
    put(later, 'b.json', '{"id":2,"s":{"a":2,"b":"q"},"t":1.5}\n{"id":3}\n');
    const more = await run(options, { checkpoint: checkpoints });
    expect(more.rows).toEqual([
      { id: 2, s: { a: 2, b: 'q' }, t: 1.5 },
      { id: 3, s: null, t: null },
    ]);
  });

  it('of parquet come with their types, and known ones widen where nothing is lost', async () => {
    const dir = tempDir();
    const write = async (name: string, ddl: string, text: string): Promise<void> => {
      const out = tempDir();
      await startQuery({
        from: fileSource({ format: 'csv', path: put(out, 'in.csv', text), schema: ddl }).pipe(
          trigger({ availableNow: true }),
        ),
        to: fileSink({ format: 'parquet', path: `${out}/parquet` }),
      }).awaitTermination();
      const { rows } = await run({ format: 'binaryFile', path: `${out}/parquet` });
      put(dir, name, rows[0]!['content'] as Uint8Array);
    };
    await write('a.parquet', 'id INT, v FLOAT', '1,1.5\n');
    await write('b.parquet', 'id BIGINT, w DATE', '5000000000,2024-05-01\n');
    const options: FileSourceOptions = { format: 'parquet', path: dir, schemaEvolution: 'addColumns' };
    const { rows, metrics } = await run(options);
    expect(rows).toEqual([
      { id: 1, v: 1.5 },
      { id: 5000000000, v: null, w: new Date('2024-05-01') },
    ]);
    expect(metrics[1]!['schemaChange']).toMatch(/^new column 'w' DATE, 'id' INT to BIGINT/);
    const { rows: rescued } = await run({ ...options, schemaEvolution: 'rescue', schema: 'id BIGINT, v FLOAT' });
    expect(rescued.map((row) => row['_rescued_data'])).toEqual([
      null,
      expect.stringMatching(/^{"w":"2024-05-01","_file_path":/),
    ]);
  });

  it('stop the query with the name of the file and of what is new, after the files before it', async () => {
    const path = grown();
    const got: unknown[] = [];
    const query = startQuery({
      from: fileSource({ ...csv, path, schemaEvolution: 'fail' }).pipe(trigger({ availableNow: true })),
      to: foreachBatchSink((batch) => {
        got.push(...batch.rows);
      }),
    });
    const error = await errorOf(() => query.awaitTermination());
    expect(error).toMatchObject({ code: 'SCHEMA_CHANGED', details: { path: `${path}/b.csv` } });
    expect(error.message).toContain("new column 'extra'");
    expect(got).toEqual([{ id: 1, v: 'x' }]);
  });
});

describe('_rescued_data', () => {
  it('holds what has no column and what is no value of its column, with the path', async () => {
    const path = grown();
    put(path, 'd.csv', 'id,v\nmany,z\n5,q\n');
    const { rows, metrics } = await run({ ...csv, path, schemaEvolution: 'rescue' });
    const rescued = rows.map((row) => row['_rescued_data'] as string | null);
    expect(rows.map((row) => [row['id'], row['v']])).toEqual([
      [1, 'x'],
      [2, 'y'],
      [3, null],
      [null, 'z'],
      [5, 'q'],
    ]);
    expect(rescued.map((text) => text && (JSON.parse(text) as unknown))).toEqual([
      null,
      { extra: 'e', _file_path: `${path}/b.csv` },
      null,
      { id: 'many', _file_path: `${path}/d.csv` },
      null,
    ]);
    expect(metrics[0]).toMatchObject({ numRescuedRecords: 2 });
  });

  it('of json holds whole records that are none', async () => {
    const dir = tempDir();
    const path = put(dir, 'a.json', '{"id":1,"x":{"y":2}}\n{bad\n{"id":"no"}\n');
    const { rows } = await run({ format: 'json', path: dir, schema: 'id INT', schemaEvolution: 'rescue' });
    expect(rows.map((row) => JSON.parse(row['_rescued_data'] as string) as unknown)).toEqual([
      { x: { y: 2 }, _file_path: path },
      { _corrupt_record: '{bad', _file_path: path },
      { id: 'no', _file_path: path },
    ]);
  });

  it('costs nothing if nobody needs it', async () => {
    const { rows } = await run(
      { ...csv, path: grown(), schemaEvolution: 'rescue' },
      { then: (flow) => flow.pipe(where('id > 1')) },
    );
    expect(rows).toHaveLength(2);
  });
});

describe('schemaEvolution', () => {
  it.each([
    [{ format: 'text', schemaEvolution: 'addColumns' }],
    [{ ...csv, schemaEvolution: 'rescue', mode: 'FAILFAST' }],
    [{ ...csv, schemaEvolution: 'widen' }],
  ])('is refused where it means nothing: %j', async (options) => {
    expect(await codeOf(() => fileSource({ ...options, path: tempDir() } as FileSourceOptions))).toBe('INVALID_OPTION');
  });
});
