import { VirtualTimeScheduler } from 'rxjs';
import { type Flow, type OutputMode, startQuery } from 'sluice';
import { type MemorySink, memorySink, memorySource, rateMicroBatchSource } from 'sluice/connectors';
import { aggregate, select, trigger } from 'sluice/operators';
import { within } from '../../../lib/context/index.js';
import { memoryTables } from '../../../lib/sql/tables.js';

/** Gives `batches` to the sink, one after the other, in an output mode; with `complete` the greatest number so far. */
function write(sink: MemorySink<{ n: number }>, outputMode: OutputMode, ...batches: number[][]): void {
  const clock = new VirtualTimeScheduler();
  const source = memorySource<{ n: number }>();
  const session = { name: undefined, runId: 'run', outputMode, clock, onContext() {}, onProgress() {}, onIdle() {} };
  const greatest = source.pipe(aggregate({ values: { n: 'max(n)' } })) as Flow<{ n: number }>;
  within({ session }, () => (outputMode === 'complete' ? greatest : source).subscribe(sink));
  for (const batch of batches) {
    source.addData(batch.map((n) => ({ n })));
    clock.flush();
  }
}

describe('memorySink', () => {
  it.each(['append', 'update'] as const)('adds the rows of each batch in %s mode', (mode) => {
    const sink = memorySink<{ n: number }>();
    write(sink, mode, [1, 2], [3]);
    expect(sink.rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(sink.batches.map((b) => ({ id: b.id, rows: b.rows }))).toEqual([
      { id: 0, rows: [{ n: 1 }, { n: 2 }] },
      { id: 1, rows: [{ n: 3 }] },
    ]);
  });

  it('keeps the last batch alone in complete mode', () => {
    const sink = memorySink<{ n: number }>();
    write(sink, 'complete', [1, 2], [3]);
    expect(sink.rows).toEqual([{ n: 3 }]);
    expect(sink.batches.map((b) => b.id)).toEqual([1]);
  });

  it('adds what a new query writes, whose batches begin at 0 again', () => {
    const sink = memorySink<{ n: number }>();
    write(sink, 'append', [1]);
    write(sink, 'append', [1]);
    expect(sink.rows).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('forgets its rows when asked to', () => {
    const sink = memorySink<{ n: number }>({ queryName: 'cleared' });
    write(sink, 'append', [1]);
    sink.clear();
    expect(sink.rows).toEqual([]);
    expect(memoryTables.get('cleared')?.batches).toEqual([]);
  });

  it('fills the memory table of its name, or of the name of the query', () => {
    const clock = new VirtualTimeScheduler();
    const source = memorySource<{ n: number }>({ schema: 'n INT' });
    source.addData([{ n: 1 }]);
    startQuery({ from: source, to: memorySink({ queryName: 'named' }), name: 'query', clock });
    startQuery({ from: source, to: memorySink(), name: 'other', clock });
    clock.flush();
    const rowsOf = (name: string) =>
      memoryTables
        .get(name)
        ?.batches.map((batch) => batch.table)
        .flatMap((t) => t.toRows());
    expect(rowsOf('named')).toEqual([{ n: 1 }]);
    expect(rowsOf('other')).toEqual([{ n: 1 }]);
    expect(memoryTables.has('query')).toBe(false);
  });

  it('keeps columns as columns, and rows as they are', () => {
    const clock = new VirtualTimeScheduler();
    const columns = memorySink<{ value: number }>({ queryName: 'columns' });
    const source = rateMicroBatchSource({ rowsPerBatch: 2 }).pipe(select('value'), trigger({ once: true }));
    startQuery({ from: source, to: columns, clock });
    clock.flush();
    expect(columns.rows).toEqual([{ value: 0 }, { value: 1 }]);
    expect(memoryTables.get('columns')!.batches[0]!.table.schema.fields[0]!.type.kind).toBe('long');

    const sink = memorySink<{ n: number }>();
    const row = { n: 1 };
    const rows = memorySource<{ n: number }>();
    rows.addData([row]);
    startQuery({ from: rows, to: sink, clock });
    clock.flush();
    expect(sink.rows[0]).toBe(row);
  });

  it('refuses unknown options at the call', () => {
    expect(() => memorySink({ queryNam: 'x' } as never)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
    expect(() => memorySink({ queryName: '' })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
