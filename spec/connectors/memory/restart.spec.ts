import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startQuery } from 'sluice';
import { foreachSink, memorySink, memorySource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';

interface Word {
  word: string;
}

describe('memorySource and memorySink over restarts', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sluice-memory-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('goes on where the checkpoint says, within the process', async () => {
    const source = memorySource<Word>();
    const flow = source.pipe(trigger({ availableNow: true }), checkpoint(dir));
    const sink = memorySink<Word>();
    source.addData([{ word: 'a' }, { word: 'b' }]);
    await startQuery({ from: flow, to: sink }).awaitTermination();
    source.addData([{ word: 'c' }]);
    await startQuery({ from: flow, to: sink }).awaitTermination();
    expect(sink.batches).toEqual([
      expect.objectContaining({ id: 0, rows: [{ word: 'a' }, { word: 'b' }] }),
      expect.objectContaining({ id: 1, rows: [{ word: 'c' }] }),
    ]);
  });

  it('gives a batch again that failed, with its id and its rows, and a sink that has it skips it', async () => {
    const source = memorySource<Word>();
    const flow = source.pipe(trigger({ availableNow: true }), checkpoint(dir));
    const kept = memorySink<Word>();
    const run = (failing: boolean) => {
      const seen: string[] = [];
      const { next, error, complete } = foreachSink<Word>((row) => {
        if (failing) throw new Error(`planted at ${row.word}`);
        seen.push(row.word);
      });
      // Two sinks on one stream: the batch commits if both have it.
      const to = {
        next: (batch: Parameters<typeof next>[0]) => {
          kept.next(batch);
          next(batch);
        },
        error,
        complete,
      };
      return startQuery({ from: flow, to })
        .awaitTermination()
        .then(() => seen);
    };
    source.addData([{ word: 'a' }]);
    await expect(run(true)).rejects.toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    expect(kept.rows).toEqual([{ word: 'a' }]);
    source.addData([{ word: 'b' }]);
    expect(await run(false)).toEqual(['a', 'b']);
    expect(kept.batches.map((b) => [b.id, b.rows.length])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('says so if the rows were those of another process', async () => {
    const run = async (count: number) => {
      const source = memorySource<Word>();
      source.addData(Array.from({ length: count }, () => ({ word: 'a' })));
      await startQuery({
        from: source.pipe(trigger({ availableNow: true }), checkpoint(dir)),
        to: memorySink(),
      }).awaitTermination();
    };
    await run(3);
    await expect(run(2)).rejects.toMatchObject({
      code: 'DATA_LOSS',
      message: expect.stringContaining('within the process'),
    });
  });
});
