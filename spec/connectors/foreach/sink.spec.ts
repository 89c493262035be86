import { VirtualTimeScheduler } from 'rxjs';
import { startQuery } from 'sluice';
import { type ForeachWriter, foreachSink, memorySource } from 'sluice/connectors';

interface Item {
  n: number;
}

/** Gives `batches` of numbers to the writer; how the query ended, if it failed, with what was seen of it. */
async function run(writer: ForeachWriter<Item> | ForeachWriter<Item>['process'], ...batches: number[][]) {
  const source = memorySource<Item>();
  const to = typeof writer === 'function' ? foreachSink(writer) : foreachSink(writer);
  const query = startQuery({ from: source, to });
  try {
    for (const batch of batches) {
      source.addData(batch.map((n) => ({ n })));
      await query.processAllAvailable();
    }
  } catch {
    // In the query's exception.
  }
  await query.stop();
  return query;
}

/** A writer that notes each call; `faults` are called in place of the originals. */
function noting(faults: Partial<ForeachWriter<Item>> = {}) {
  const calls: string[] = [];
  const writer: ForeachWriter<Item> = {
    open(partitionId, epochId) {
      calls.push(`open ${partitionId} ${epochId}`);
      return faults.open?.(partitionId, epochId);
    },
    process(row) {
      calls.push(`process ${row.n}`);
      return faults.process?.(row);
    },
    close(error) {
      calls.push(`close ${error instanceof Error ? error.message : String(error)}`);
      return faults.close?.(error);
    },
  };
  return { writer, calls };
}

const later = <T>(value?: T) => new Promise<T | undefined>((resolve) => setImmediate(() => resolve(value)));

describe('foreachSink', () => {
  it('gives every row to a function, in order', async () => {
    const rows: number[] = [];
    const query = await run((row) => rows.push(row.n), [1, 2], [3]);
    expect(rows).toEqual([1, 2, 3]);
    expect(query.recentProgress.map((p) => p.sink.numOutputRows)).toEqual([2, 1]);
  });

  it('opens and closes around the rows of every batch, with its id', async () => {
    const { writer, calls } = noting();
    await run(writer, [1, 2], [3]);
    expect(calls).toEqual(['open 0 0', 'process 1', 'process 2', 'close null', 'open 0 1', 'process 3', 'close null']);
  });

  it('waits for each promise before the next call', async () => {
    const events: string[] = [];
    const slowly = async (what: string) => {
      events.push(`${what} begins`);
      await later();
      events.push(`${what} ends`);
    };
    const writer: ForeachWriter<Item> = {
      open: () => slowly('open').then(() => true),
      process: ({ n }) => (n === 2 ? undefined : slowly(`row ${n}`)),
      close: () => slowly('close'),
    };
    await run(writer, [1, 2, 3]);
    expect(events).toEqual(['open', 'row 1', 'row 3', 'close'].flatMap((what) => [`${what} begins`, `${what} ends`]));
  });

  it('makes no promise where none is given: all happens in virtual time', () => {
    const clock = new VirtualTimeScheduler();
    const source = memorySource<Item>();
    const { writer, calls } = noting();
    source.addData([{ n: 1 }]);
    startQuery({ from: source, to: foreachSink(writer), clock });
    clock.flush();
    expect(calls).toEqual(['open 0 0', 'process 1', 'close null']);
  });

  it.each([
    ['false', () => false],
    ['a promise of false', () => later(false) as Promise<boolean>],
  ])('skips the rows if open returns %s, and closes', async (_, open) => {
    const { writer, calls } = noting({ open });
    const query = await run(writer, [1]);
    expect(calls).toEqual(['open 0 0', 'close null']);
    expect(query.exception).toBeUndefined();
  });

  it.each<[string, (row: Item) => unknown]>([
    [
      'throws',
      ({ n }) => {
        if (n === 2) throw new Error('planted');
      },
    ],
    [
      'rejects',
      ({ n }) =>
        later().then(() => {
          if (n === 2) throw new Error('planted');
        }),
    ],
    ['rejects among rows without promises', ({ n }) => (n === 2 ? Promise.reject(new Error('planted')) : undefined)],
  ])('closes with the error when process %s, and fails the query naming the row', async (_, process) => {
    const { writer, calls } = noting({ process });
    const query = await run(writer, [1, 2, 3]);
    expect(calls).toEqual(['open 0 0', 'process 1', 'process 2', 'close planted']);
    expect(query.exception).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: 'foreachSink: row 1 of batch 0: planted',
      details: { batchId: 0, row: 1 },
      cause: new Error('planted'),
    });
  });

  it('does not close what did not open', async () => {
    const { writer, calls } = noting({
      open: () => {
        throw new Error('no connection');
      },
    });
    const query = await run(writer, [1]);
    expect(calls).toEqual(['open 0 0']);
    expect(query.exception).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: 'foreachSink: open of batch 0: no connection',
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('not flushed');
      },
    ],
    ['rejects', () => Promise.reject(new Error('not flushed'))],
  ])('fails the batch when close %s, once', async (_, close) => {
    const { writer, calls } = noting({ close });
    const query = await run(writer, [1]);
    expect(calls).toEqual(['open 0 0', 'process 1', 'close null']);
    expect(query.exception).toMatchObject({ message: 'foreachSink: close of batch 0: not flushed' });
    expect(query.lastProgress).toBeUndefined();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('second');
      },
    ],
    ['rejects', () => Promise.reject(new Error('second'))],
  ])('tells of the first failure when close %s after process failed', async (_, close) => {
    const process = () => {
      throw new Error('first');
    };
    const query = await run(noting({ process, close }).writer, [1]);
    expect(query.exception).toMatchObject({ cause: new Error('first') });
  });

  it('takes an instance of a class, with its state', async () => {
    class Summing implements ForeachWriter<Item> {
      sum = 0;
      readonly sums: number[] = [];

      open(): void {
        this.sum = 0;
      }

      process({ n }: Item): void {
        this.sum += n;
      }

      close(): void {
        this.sums.push(this.sum);
      }
    }
    const writer = new Summing();
    await run(writer, [1, 2], [3]);
    expect(writer.sums).toEqual([3, 3]);
  });

  it.each([
    [{}, 'MISSING_OPTION'],
    [undefined, 'MISSING_OPTION'],
    [new (class Empty {})(), 'MISSING_OPTION'],
    [{ process: 1 }, 'INVALID_OPTION'],
    [{ process: () => undefined, onClose: () => undefined }, 'UNKNOWN_OPTION'],
    ['row', 'INVALID_OPTION'],
  ])('refuses %o at the call', (writer, code) => {
    expect(() => foreachSink(writer as never)).toThrow(expect.objectContaining({ code }));
  });
});
