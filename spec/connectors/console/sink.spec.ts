import { Writable } from 'node:stream';
import { startQuery } from 'sluice';
import { type ConsoleSinkOptions, consoleSink, memorySource, rateMicroBatchSource } from 'sluice/connectors';
import { trigger } from 'sluice/operators';

class Output extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Word {
  id: number;
  word: string;
}

async function print(options: ConsoleSinkOptions, ...batches: Word[][]): Promise<string> {
  const output = new Output();
  const source = memorySource<Word>({ schema: 'id INT, word STRING' });
  const query = startQuery({ from: source, to: consoleSink({ ...options, output }) });
  for (const batch of batches) {
    source.addData(batch);
    await query.processAllAvailable();
  }
  await query.stop();
  return output.text;
}

describe('consoleSink', () => {
  it('prints every batch as Spark does', async () => {
    expect(await print({}, [{ id: 1, word: 'a' }], [{ id: 2, word: 'b' }])).toBe(`\
-------------------------------------------
Batch: 0
-------------------------------------------
+---+----+
| id|word|
+---+----+
|  1|   a|
+---+----+

-------------------------------------------
Batch: 1
-------------------------------------------
+---+----+
| id|word|
+---+----+
|  2|   b|
+---+----+

`);
  });

  it.each<[ConsoleSinkOptions, string[]]>([
    [{}, ['|  1|abcdefghijklmnopq...|', '|  2|                   b|', '+---+--------------------+']],
    [{ truncate: true }, ['|  1|abcdefghijklmnopq...|', '|  2|                   b|', '+---+--------------------+']],
    [{ truncate: false }, ['|1  |abcdefghijklmnopqrstuvwxyz|', '|2  |b                         |']],
    [{ truncate: 0 }, ['|1  |abcdefghijklmnopqrstuvwxyz|', '|2  |b                         |']],
    [{ truncate: 6 }, ['|  1|abc...|', '|  2|     b|']],
    [{ numRows: 1, truncate: 6 }, ['|  1|abc...|', '+---+------+', 'only showing top 1 row']],
  ])('heeds %o', async (options, lines) => {
    const rows = [
      { id: 1, word: 'abcdefghijklmnopqrstuvwxyz' },
      { id: 2, word: 'b' },
    ];
    const printed = (await print(options, rows)).split('\n');
    expect(printed.slice(6, 6 + lines.length)).toEqual(lines);
  });

  it('shows 20 rows', async () => {
    const rows = Array.from({ length: 21 }, (_, id) => ({ id, word: 'w' }));
    const printed = await print({}, rows);
    expect(printed).toContain('| 19|   w|\n+---+----+\nonly showing top 20 rows\n');
  });

  it('waits until the output has taken a batch, before the next starts', async () => {
    const taken: (() => void)[] = [];
    const output = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) });
    const query = startQuery({ from: rateMicroBatchSource({ rowsPerBatch: 1 }), to: consoleSink({ output }) });
    const untilWritten = async (count: number) => {
      while (taken.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await untilWritten(1);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toHaveLength(1);
    expect(query.lastProgress).toBeUndefined();
    taken[0]!();
    await untilWritten(2);
    expect(query.lastProgress?.batchId).toBe(0);
    const stopped = query.stop();
    taken[1]!();
    await stopped;
  });

  it.each(['while it writes', 'before'])('ends the query if the output fails %s', async (when) => {
    const failure = new Error('broken pipe');
    const output = new Writable({ write: (_chunk, _encoding, done) => done(failure) });
    if (when === 'before') output.destroy();
    const from = rateMicroBatchSource({ rowsPerBatch: 1 }).pipe(trigger({ once: true }));
    const query = startQuery({ from, to: consoleSink({ output }) });
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'SINK_FAILED' });
  });

  it('leaves no listeners on the output', async () => {
    const output = new Output();
    const from = rateMicroBatchSource({ rowsPerBatch: 1 }).pipe(trigger({ once: true }));
    await startQuery({ from, to: consoleSink({ output }) }).awaitTermination();
    expect(output.listenerCount('error')).toBe(0);
    expect(output.text).toContain('Batch: 0');
  });

  it('writes to standard output by default', async () => {
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((...args: unknown[]) => {
      (args.at(-1) as () => void)();
      return true;
    });
    try {
      const from = rateMicroBatchSource({ rowsPerBatch: 1 }).pipe(trigger({ once: true }));
      await startQuery({ from, to: consoleSink() }).awaitTermination();
      expect(write.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining('|1970-01-01 00:00:00|    0|')]);
    } finally {
      write.mockRestore();
    }
  });

  it.each([
    [{ numRow: 1 }, 'UNKNOWN_OPTION'],
    [{ numRows: -1 }, 'INVALID_OPTION'],
    [{ truncate: 'yes' }, 'INVALID_OPTION'],
    [{ truncate: 1.5 }, 'INVALID_OPTION'],
    [{ output: 'stdout' }, 'INVALID_OPTION'],
  ])('refuses %o at the call', (options, code) => {
    expect(() => consoleSink(options as ConsoleSinkOptions)).toThrow(expect.objectContaining({ code }));
  });
});
