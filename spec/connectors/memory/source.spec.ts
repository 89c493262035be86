import { VirtualTimeScheduler } from 'rxjs';
import { startQuery, struct, long, string } from 'sluice';
import {
  type MemorySource,
  type MemorySourceOptions,
  foreachBatchSink,
  memorySink,
  memorySource,
} from 'sluice/connectors';
import { trigger, union } from 'sluice/operators';

interface Word {
  word: string;
}

const words = (text: string): Word[] => text.split(' ').map((word) => ({ word }));
const textOf = (rows: readonly Word[]): string => rows.map((r) => r.word).join(' ');

/** A query of the source in virtual time; `settle` lets it do all there is to do. */
function start(source: MemorySource<Word>, options: { failAt?: number } = {}) {
  const clock = new VirtualTimeScheduler();
  const batches: string[] = [];
  const to = foreachBatchSink<Word>((batch, id) => {
    if (id === options.failAt) throw new Error('planted');
    batches.push(textOf(batch.rows));
  });
  const query = startQuery({ from: source, to, clock });
  query.awaitTermination().catch(() => undefined);
  const settle = (): string[] => {
    clock.flush();
    return batches.splice(0);
  };
  return { query, clock, settle };
}

describe('memorySource', () => {
  it('wakes its query: what was added since the last batch is the next', () => {
    const source = memorySource<Word>();
    source.addData(words('a b'));
    const { settle } = start(source);
    expect(settle()).toEqual(['a b']);
    expect(settle()).toEqual([]);
    source.addData(words('c'));
    source.addData(new Set(words('d e')));
    expect(settle()).toEqual(['c d e']);
    source.addData([]);
    expect(settle()).toEqual([]);
  });

  it('does not poll', () => {
    const source = memorySource<Word>();
    const { clock, settle } = start(source);
    settle();
    expect(clock.actions).toHaveLength(0);
    expect(clock.now()).toBe(0);
  });

  it('completes its queries when it has ended and all is committed', async () => {
    const source = memorySource<Word>();
    const { query, settle } = start(source);
    settle();
    source.addData(words('a'));
    source.end();
    expect(settle()).toEqual(['a']);
    await query.awaitTermination();
    expect(() => source.addData(words('b'))).toThrow(expect.objectContaining({ code: 'CONTRACT_VIOLATED' }));
  });

  it('keeps what was not committed for the next run, and no more', async () => {
    const source = memorySource<Word>();
    const first = start(source, { failAt: 1 });
    source.addData(words('a b'));
    expect(first.settle()).toEqual(['a b']);
    source.addData(words('c d'));
    expect(first.settle()).toEqual([]);
    expect(first.query.exception).toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    await first.query.awaitTermination().catch(() => undefined);
    expect(start(source).settle()).toEqual(['c d']);
  });

  it('gives every row to each of two queries, and to one that reads it twice', () => {
    const source = memorySource<Word>();
    const one = start(source);
    const two = start(source);
    one.settle();
    two.settle();
    source.addData(words('a'));
    expect(one.settle()).toEqual(['a']);
    source.addData(words('b'));
    expect(one.settle()).toEqual(['b']);
    expect(two.settle()).toEqual(['a b']);

    const twice = memorySource<Word>();
    twice.addData(words('x'));
    const clock = new VirtualTimeScheduler();
    const sink = memorySink<Word>();
    startQuery({ from: twice.pipe(union(twice)), to: sink, clock });
    clock.flush();
    expect(textOf(sink.rows)).toBe('x x');
  });

  it('gives with availableNow what is there at the start', () => {
    const source = memorySource<Word>();
    source.addData(words('a b'));
    const clock = new VirtualTimeScheduler();
    const seen: string[] = [];
    const to = foreachBatchSink<Word>((batch) => {
      seen.push(textOf(batch.rows));
      if (seen.length < 3) source.addData(words('late'));
    });
    startQuery({ from: source.pipe(trigger({ availableNow: true })), to, clock });
    clock.flush();
    expect(seen).toEqual(['a b']);
  });

  it('splits what is too much for one batch', () => {
    const source = memorySource<{ n: number }>();
    const rows = Array.from({ length: 700_000 }, (_, n) => ({ n }));
    source.addData(rows);
    source.addData(rows);
    const clock = new VirtualTimeScheduler();
    const sizes: number[] = [];
    const run = (failAt?: number) => {
      const to = foreachBatchSink<{ n: number }>((batch, id) => {
        if (id === failAt) throw new Error('planted');
        sizes.push(batch.numRows);
      });
      startQuery({ from: source, to, clock })
        .awaitTermination()
        .catch(() => undefined);
      clock.flush();
    };
    run(1);
    expect(sizes).toEqual([1 << 20]);
    // The rest of the chunk that was committed in part, and nothing that was.
    run();
    expect(sizes).toEqual([1 << 20, 1_400_000 - (1 << 20)]);
  });

  it('refuses rows that do not fit its schema when they are added, all of them', () => {
    const source = memorySource({ schema: struct({ id: long(), name: string() }) });
    expect(source.schema?.fields.map((f) => f.name)).toEqual(['id', 'name']);
    const bad = [
      { id: 1, name: 'a' },
      { id: 1.5, name: 'b' },
    ];
    expect(() => source.addData(bad)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
    source.addData([{ id: 2, name: null }]);
    source.addData([{ id: 3, name: 'c' }]);
    const sink = memorySink();
    const clock = new VirtualTimeScheduler();
    startQuery({ from: source, to: sink, clock });
    clock.flush();
    expect(sink.rows).toEqual([
      { id: 2, name: null },
      { id: 3, name: 'c' },
    ]);
  });

  it.each([
    [{ schemas: 'a INT' }, 'UNKNOWN_OPTION'],
    [{ schema: 'a INTEGR' }, 'INVALID_SCHEMA'],
    [{ name: '' }, 'INVALID_OPTION'],
  ])('refuses %o at the call', (options, code) => {
    expect(() => memorySource(options as MemorySourceOptions<Word>)).toThrow(expect.objectContaining({ code }));
  });
});
