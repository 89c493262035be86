import { Observable } from 'rxjs';
import type { Json, MicroBatch } from '../../lib/batch/index.js';
import type { Table } from '../../lib/columns/index.js';
import type {
  ReadLimit,
  SourceContext,
  SourceDefinition,
  SourceReader,
  SourceStatus,
} from '../../lib/connect/index.js';
import { joinQuery } from '../../lib/context/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { Flow } from '../../lib/flow.js';
import { RowBuffer } from './buffer.js';
import { type MemorySourceOptions, parseMemorySource } from './options.js';

/** A source that is fed by hand. */
export interface MemorySource<Row> extends Flow<Row> {
  /**
   * Gives rows to the queries that read the source, now or later. They are kept in memory, however many, until they
   * are committed. With a schema throws TYPE_MISMATCH, and adds none of them, if a value does not fit.
   */
  addData(rows: Iterable<Row>): void;
  /** No more rows will come: queries complete when they have committed what is there. */
  end(): void;
}

/**
 * A source of the rows that are given to it by `addData`, for tests and for feeding by hand. For a stream of events
 * see `microBatch`, which bounds what it buffers; this does not.
 *
 * Replayable within the process: rows are kept until they are committed, and a run starts where the one before it
 * left off. Several queries may read it at once; each gets the rows that were not dropped before it was started. A
 * checkpoint does not hold the rows, so a new process that continues one fails with DATA_LOSS.
 *
 * Throws INVALID_OPTION, INVALID_SCHEMA and UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * const words = memorySource<{ word: string }>();
 * const query = startQuery({ from: words, to: consoleSink() });
 * words.addData([{ word: 'sluice' }, { word: 'gate' }]);
 * await query.processAllAvailable();
 * ```
 */
export function memorySource<Row = Record<string, unknown>>(options: MemorySourceOptions<Row> = {}): MemorySource<Row> {
  const { schema, name } = parseMemorySource(options);
  const feed = new Feed(new RowBuffer<Row>(schema));
  const op = 'memorySource';
  const connect = () =>
    new Observable<MicroBatch>((subscriber) => {
      // It reads from now on, though the query opens it later: what others commit meanwhile is kept for it.
      const reader = feed.join();
      subscriber.add(() => feed.leave(reader));
      const open = (context: SourceContext) => reader.open(context);
      const definition = { op, name, supports: { replay: true }, open } as SourceDefinition<unknown, Json>;
      return joinQuery(subscriber, { definition, schema, columns: undefined });
    });
  const detail = name === 'memory' ? '' : name;
  const plan = { kind: 'source', op, detail, inputs: [], schema, traits: { replayable: true }, connect } as const;
  return Object.assign(new Flow<Row>(plan), {
    addData: (rows: Iterable<Row>) => feed.add([...rows]),
    end: () => feed.end(),
  });
}

/** The rows, and who reads them. */
class Feed<Row> {
  ended = false;
  private readonly readers = new Set<MemoryReader<Row>>();

  constructor(readonly buffer: RowBuffer<Row>) {}

  add(rows: readonly Row[]): void {
    if (this.ended) throw new SluiceError('CONTRACT_VIOLATED', 'memorySource: addData after end().');
    this.buffer.add(rows);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  join(): MemoryReader<Row> {
    const reader = new MemoryReader(this);
    this.readers.add(reader);
    return reader;
  }

  leave(reader: MemoryReader<Row>): void {
    this.readers.delete(reader);
  }

  /** Drops what everyone who reads has committed. */
  committed(): void {
    this.buffer.dropBefore(Math.min(...[...this.readers].map((reader) => reader.committed)));
  }

  private wake(): void {
    for (const reader of this.readers) reader.wake();
  }
}

/** One run of a query. Offsets are numbers of rows, counted from the first that was ever added. */
class MemoryReader<Row> implements SourceReader<Row, number> {
  /** The row up to which this run needs none. */
  committed: number;
  private context: SourceContext | undefined;
  private frozen: number | undefined;
  private cut = false;

  constructor(private readonly feed: Feed<Row>) {
    this.committed = feed.buffer.first;
  }

  open(context: SourceContext): this {
    this.context = context;
    return this;
  }

  wake(): void {
    this.context?.wake();
  }

  initial(): number {
    return this.committed;
  }

  freeze(): void {
    this.frozen = this.feed.buffer.end;
  }

  latest(start: number, limit: ReadLimit): number {
    const { buffer } = this.feed;
    // Else it would wait for as many rows as an earlier process had, and skip them.
    buffer.demand(start, start);
    const there = this.frozen ?? buffer.end;
    const end = Math.min(there, start + limit.rows);
    this.cut = end < there;
    return Math.max(start, end);
  }

  read(start: number, end: number): Table | readonly Row[] {
    return this.feed.buffer.slice(start, end);
  }

  commit(end: number): void {
    this.committed = end;
    this.feed.committed();
  }

  status(): SourceStatus {
    return { latest: this.feed.buffer.end, cut: this.cut, ended: this.feed.ended };
  }
}
