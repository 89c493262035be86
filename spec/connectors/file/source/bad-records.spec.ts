import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  type FileSourceOptions,
  fileSink,
  fileSource,
  foreachBatchSink,
  memorySink,
} from '../../../../connectors/index.js';
import { startQuery } from '../../../../lib/index.js';
import { checkpoint, select, trigger } from '../../../../operators/index.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { errorOf } from '../support.js';
import { put, run } from './running.js';

type Letter = Record<'record' | 'source' | 'position' | 'error' | 'rules', string> & { batch_id: number };

async function lettersOf(options: FileSourceOptions) {
  const bad = memorySink<Letter>({ queryName: 'bad' });
  const { rows, metrics } = await run({ ...options, badRecords: bad });
  return { rows, metrics, letters: bad.rows };
}

describe('malformed records', () => {
  it('go to the sink with their place and their reason, and are counted by it', async () => {
    const dir = tempDir();
    const path = put(dir, 'a.csv', 'id,v\n1,x\nz,w\n\n3,a,b\r\n4,q\n');
    const { rows, metrics, letters } = await lettersOf({
      format: 'csv',
      path: dir,
      schema: 'id INT, v STRING',
      header: true,
      name: 'orders',
    });
    expect(rows).toEqual([
      { id: 1, v: 'x' },
      { id: 4, v: 'q' },
    ]);
    expect(
      letters.map(({ record, source, position, rules, batch_id }) => ({ record, source, position, rules, batch_id })),
    ).toEqual([
      { record: 'z,w', source: 'orders', position: `${path}:3 (bytes 9 to 12)`, rules: 'value', batch_id: 0 },
      { record: '3,a,b', source: 'orders', position: `${path}:5 (bytes 14 to 19)`, rules: 'fields', batch_id: 0 },
    ]);
    expect(letters[0]!.error).toContain("'z'");
    expect(metrics[0]).toMatchObject({ numMalformedRecords: 2, numMalformedByValue: 1, numMalformedByFields: 1 });
  });

  it('of json are those that are no documents, and those with values that do not fit', async () => {
    const dir = tempDir();
    put(dir, 'a.json', '{"id":1}\n{"id":"no"}\n{bad\n{"id":2}\n');
    const { rows, letters } = await lettersOf({ format: 'json', path: dir, schema: 'id INT' });
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
    expect(letters.map(({ record, rules }) => [record, rules])).toEqual([
      ['{"id":"no"}', 'value'],
      ['{bad', 'syntax'],
    ]);
  });

  it('are found in columns that nobody needs, too', async () => {
    const dir = tempDir();
    put(dir, 'a.csv', '1,x\n2,3\n');
    const bad = memorySink<Letter>({ queryName: 'bad' });
    const { rows } = await run(
      { format: 'csv', path: dir, schema: 'id INT, v INT', badRecords: bad },
      { then: (flow) => flow.pipe(select('id')) },
    );
    expect(rows).toEqual([{ id: 2 }]);
    expect(bad.rows).toHaveLength(1);
  });

  it('of compressed files have their place in what these hold', async () => {
    const dir = tempDir();
    const path = put(dir, 'a.csv.gz', gzipSync('1\nx\n'));
    const { letters } = await lettersOf({ format: 'csv', path: dir, schema: 'id INT' });
    expect(letters[0]!.position).toBe(`${path}:2 (bytes 2 to 3)`);
  });

  it('are there once each when a batch comes again', async () => {
    const dir = tempDir();
    const [input, out, checkpoints] = [`${dir}/in`, `${dir}/bad`, `${dir}/checkpoint`];
    put(input, 'a.csv', '1\nx\n2\n');
    put(input, 'b.csv', 'y\n3\nz\n');
    const good: unknown[] = [];
    const start = (failing: number) =>
      startQuery({
        from: fileSource({
          format: 'csv',
          path: input,
          schema: 'id INT',
          maxFilesPerTrigger: 1,
          badRecords: fileSink({ format: 'json', path: out }),
        }).pipe(trigger({ availableNow: true }), checkpoint(checkpoints)),
        to: foreachBatchSink<Record<string, unknown>>((batch, id) => {
          if (id === failing) throw new Error('the sink fails');
          good.push(...batch.rows.map((row) => row['id']));
        }),
      }).awaitTermination();
    await expect(start(1)).rejects.toThrow('the sink fails');
    await start(-1);
    expect(good).toEqual([1, 2, 3]);
    const letters = await run({ format: 'json', path: out, schema: 'record STRING, batch_id LONG' });
    expect(letters.rows).toEqual([
      { record: 'x', batch_id: 0 },
      { record: 'y', batch_id: 1 },
      { record: 'z', batch_id: 1 },
    ]);
  });

  it('fail the query if they cannot be kept', async () => {
    const dir = tempDir();
    put(dir, 'a.csv', '1\nx\n');
    const bad = foreachBatchSink(() => {
      throw new Error('no room');
    });
    await expect(run({ format: 'csv', path: dir, schema: 'id INT', badRecords: bad })).rejects.toThrow('no room');
  });

  it.each(['parquet', 'binaryFile'] as const)('are nothing that %s has', async (format) => {
    const error = await errorOf(() =>
      fileSource({ format, path: tempDir(), badRecords: memorySink({ queryName: 'bad' }) }),
    );
    expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'badRecords' } });
  });
});

describe('files that cannot be read', () => {
  const damaged = (): Buffer => gzipSync('1\n2\n'.repeat(1000)).subarray(0, 20);

  it('fail the query, unless they are to be passed over', async () => {
    const dir = tempDir();
    put(dir, 'a.csv', '1\n');
    put(dir, 'b.csv.gz', damaged());
    put(dir, 'c.csv', '3\n');
    const options = { format: 'csv', path: dir, schema: 'id INT' } as const;
    await expect(run(options)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    const { rows, metrics } = await run({ ...options, ignoreCorruptFiles: true });
    expect(rows).toEqual([{ id: 1 }, { id: 3 }]);
    expect(metrics[0]).toMatchObject({ numCorruptFiles: 1 });
  });

  it('of parquet are passed over likewise', async () => {
    const dir = tempDir();
    const source = `${dir}/out`;
    await startQuery({
      from: fileSource({ format: 'csv', path: put(dir, 'in.csv', '1\n2\n'), schema: 'id INT' }).pipe(
        trigger({ availableNow: true }),
      ),
      to: fileSink({ format: 'parquet', path: source }),
    }).awaitTermination();
    const { rows: names } = await run({ format: 'binaryFile', path: source });
    const whole = readFileSync(new URL(names[0]!['path'] as string).pathname);
    const input = `${dir}/parquet`;
    put(input, 'a.parquet', whole.subarray(0, whole.length - 30));
    put(input, 'b.parquet', whole);
    const options = { format: 'parquet', path: input, schema: 'id INT' } as const;
    await expect(run(options)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    const { rows, metrics } = await run({ ...options, ignoreCorruptFiles: true });
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
    expect(metrics[0]).toMatchObject({ numCorruptFiles: 1 });
  });
});
