import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startQuery } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { type ReferenceRow, referenceSink, referenceSource } from '../../../connectors/reference/index.js';
import { hookDurableSteps } from '../../../lib/durable.js';

describe('the reference connector', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-reference-'));
    // A directory of its own: the checkpoint beside it has durable steps, too.
    mkdirSync(join(dir, 'data'));
    path = join(dir, 'data', 'words.log');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Writes what `source` has, with a checkpoint. */
  const write = (source: ReturnType<typeof memorySource<ReferenceRow>>) =>
    startQuery({
      from: source.pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'write'))),
      to: referenceSink({ path }),
    }).awaitTermination();

  const feed = (...values: (string | null)[]) => {
    const source = memorySource<ReferenceRow>({ schema: 'value STRING' });
    source.addData(values.map((value) => ({ value })));
    return source;
  };

  const read = async (): Promise<(string | null)[]> => {
    const sink = memorySink<ReferenceRow>();
    await startQuery({
      from: referenceSource({ path }).pipe(trigger({ availableNow: true })),
      to: sink,
    }).awaitTermination();
    return sink.rows.map((r) => r.value);
  };

  it('reads what it wrote, whatever is in it', async () => {
    const values = ['a', '', null, 'two\nlines', '"quoted" \u2028 é', ' blanks '];
    await write(feed(...values));
    expect(await read()).toEqual(values);
  });

  it('reads on from the last commit', async () => {
    const source = feed('a');
    await write(source);
    const sink = memorySink<ReferenceRow>();
    const from = referenceSource({ path }).pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'read')));
    await startQuery({ from, to: sink }).awaitTermination();
    source.addData([{ value: 'b' }]);
    await write(source);
    await startQuery({ from, to: sink }).awaitTermination();
    expect(sink.batches.map((b) => b.rows)).toEqual([[{ value: 'a' }], [{ value: 'b' }]]);
  });

  it('finds what is added while it runs', async () => {
    const sink = memorySink<ReferenceRow>();
    const reading = startQuery({ from: referenceSource({ path }), to: sink });
    await reading.processAllAvailable();
    await write(feed('late'));
    await reading.processAllAvailable();
    await reading.stop();
    expect(sink.rows).toEqual([{ value: 'late' }]);
  });

  // Each batch is written, synced, and renamed into place; the last step makes the name durable.
  it.each(
    ['write', 'sync', 'rename', 'syncDirectory'].flatMap(
      (step) =>
        [
          [step, 'before'],
          [step, 'after'],
        ] as const,
    ),
  )('has each row once after a failure at %s, %s it', async (step, when) => {
    const source = feed('a');
    await write(source);
    source.addData([{ value: 'b' }]);
    let planted = 0;
    const unhook = hookDurableSteps((kind, at, file) => {
      if (kind !== step || at !== when || !file.startsWith(dirname(path))) return;
      planted++;
      throw new Error('planted');
    });
    await expect(write(source).finally(unhook)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(planted).toBe(1);
    await write(source);
    source.addData([{ value: 'c' }]);
    await write(source);
    expect(await read()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the batches of each query apart', async () => {
    await startQuery({ from: feed('a').pipe(trigger({ once: true })), to: referenceSink({ path }) }).awaitTermination();
    await startQuery({ from: feed('b').pipe(trigger({ once: true })), to: referenceSink({ path }) }).awaitTermination();
    expect(await read()).toEqual(['a', 'b']);
  });

  it('fails if records are gone that it had read', async () => {
    await write(feed('a', 'b'));
    const from = referenceSource({ path }).pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'read')));
    await startQuery({ from, to: memorySink() }).awaitTermination();
    writeFileSync(path, '{}\n"a"\n');
    await expect(startQuery({ from, to: memorySink() }).awaitTermination()).rejects.toMatchObject({
      code: 'DATA_LOSS',
    });
  });

  it('says so if the file is something else, or cannot be read', async () => {
    writeFileSync(path, 'some text\n');
    await expect(read()).rejects.toMatchObject({ code: 'FILE_UNREADABLE', details: { path } });
    rmSync(path);
    path = dir;
    await expect(read()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it.each([
    [[{ text: 'a' }], 'UNKNOWN_COLUMN'],
    [[{ value: 1 }], 'TYPE_MISMATCH'],
  ])('refuses rows that are not strings in `value`: %o', async (rows, code) => {
    const source = memorySource<ReferenceRow>();
    source.addData(rows as unknown as ReferenceRow[]);
    const to = referenceSink({ path });
    await expect(startQuery({ from: source, to }).awaitTermination()).rejects.toMatchObject({ code });
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('checks its options at the call', () => {
    expect(() => referenceSink({} as never)).toThrow(expect.objectContaining({ code: 'MISSING_OPTION' }));
    expect(() => referenceSink({ path: 'x', nam: 'y' } as never)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
    );
    expect(() => referenceSource({ pat: 'x' } as never)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
  });
});
