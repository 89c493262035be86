import { type Observable, isObservable } from 'rxjs';
import type { Json, MicroBatch } from '../batch/index.js';
import { Table } from '../columns/index.js';
import type { ReadLimit, SourceDefinition, SourceReader } from '../connect/index.js';
import { type QueryContext, within } from '../context/index.js';
import { inTime, must, pause, same, show } from './compare.js';

type Definition = SourceDefinition<unknown, Json>;

/** What a flow of one source is made of: what `defineSource` was given. */
export function definitionOf(flow: Observable<MicroBatch<never>> | Observable<MicroBatch<unknown>>): Definition {
  must(isObservable(flow), 'sourceSuite: `create` must return a flow.');
  let found: Definition | undefined;
  // The one thing that a source does when it is subscribed is to join the query around it.
  const query = {
    ended: false,
    join: (source: { definition: Definition }) => {
      found = source.definition;
      return () => undefined;
    },
  };
  within({ context: query as unknown as QueryContext }, () =>
    (flow as Observable<unknown>).subscribe({ error: () => undefined }),
  ).unsubscribe();
  must(
    found !== undefined,
    'sourceSuite: `create` must return a source as it is, made by `defineSource` and without operators.',
  );
  return found;
}

export const everything: ReadLimit = { all: true, rows: Infinity, bytes: Infinity };
export const upTo = (rows: number): ReadLimit => ({ all: false, rows, bytes: Infinity });

interface Waiting {
  woken?: () => void;
}

/** Drives the reader of a source as the engine does, and checks what every call returns. */
export class Probe<Row> {
  private closed = false;

  private constructor(
    readonly reader: SourceReader<Row, Json>,
    /** What was remembered, by readers before and by this one. */
    private readonly entries: readonly Json[],
    private readonly waiting: Waiting,
    private readonly timeout: number,
  ) {}

  /** @param remembered what readers before it asked to remember; it comes out of JSON, as from a checkpoint. */
  static async open<Row>(
    definition: Definition,
    timeout: number,
    remembered: readonly Json[] = [],
  ): Promise<Probe<Row>> {
    const entries = throughJson('A remembered entry', [...remembered]);
    const waiting: Waiting = {};
    const opened = Promise.resolve(
      definition.open({
        name: definition.name,
        queryId: 'query',
        runId: 'run',
        columns: undefined,
        remembered: [...entries],
        remember: (entry) => void entries.push(entry),
        wake: () => waiting.woken?.(),
        now: () => Date.now(),
      }),
    );
    const reader = (await inTime(opened, timeout, 'Opening the source')) as SourceReader<Row, Json>;
    return new Probe(reader, entries, waiting, timeout);
  }

  async initial(): Promise<Json> {
    return throughJson('The initial offset', await this.call(() => this.reader.initial(), 'initial()'));
  }

  async latest(start: Json, limit: ReadLimit = everything): Promise<Json> {
    return throughJson('An offset', await this.call(() => this.reader.latest(start, limit), 'latest()'));
  }

  /** As `latest`, but waits for data that is on its way. */
  async arrived(start: Json, limit: ReadLimit = everything): Promise<Json> {
    const deadline = Date.now() + this.timeout;
    for (;;) {
      const woken = new Promise<void>((resolve) => (this.waiting.woken = resolve));
      const end = await this.latest(start, limit);
      if (!same(end, start)) return end;
      must(
        Date.now() < deadline,
        `Data was given to the source, but latest() did not go past ${show(start)} within ${this.timeout} ms.`,
      );
      await Promise.race([woken, pause(Math.min(this.reader.status?.().pollAfter ?? 20, 20))]);
    }
  }

  async read(start: Json, end: Json): Promise<Row[]> {
    const data = await this.call(() => this.reader.read(start, end), 'read()');
    return (data instanceof Table ? data.toRows() : [...data]) as Row[];
  }

  async freeze(): Promise<void> {
    await this.call(() => this.reader.freeze?.(), 'freeze()');
  }

  async commit(end: Json): Promise<void> {
    await this.call(() => this.reader.commit?.(end), 'commit()');
  }

  /** Closes the reader, once. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.call(() => this.reader.close?.(), 'close()');
  }

  /** What a new reader has to remember after the plans so far. */
  get memory(): readonly Json[] {
    return this.reader.memory?.() ?? this.entries;
  }

  /** All rows from `start` on that are there or on their way, until `count` are read; batch by batch within limits. */
  async drain(
    start: Json,
    count: number,
    limitOf: () => ReadLimit,
    commit: boolean,
  ): Promise<{ rows: Row[]; end: Json; sizes: number[] }> {
    const rows: Row[] = [];
    const sizes: number[] = [];
    let at = start;
    while (rows.length < count) {
      const end = await this.arrived(at, limitOf());
      const part = await this.read(at, end);
      rows.push(...part);
      sizes.push(part.length);
      if (commit) await this.commit(end);
      at = end;
    }
    return { rows, end: at, sizes };
  }

  private call<T>(act: () => T | PromiseLike<T>, what: string): Promise<T> {
    return inTime(new Promise<T>((resolve) => resolve(act())), this.timeout, `The end of ${what}`);
  }
}

/** The value after it was in a checkpoint. */
export function throughJson<T extends Json | readonly Json[]>(what: string, value: T): T {
  const back = JSON.parse(JSON.stringify(value) ?? 'null') as T;
  must(same(value, back), () => `${what} must be JSON, but ${show(value)} comes back from JSON as ${show(back)}.`);
  return back;
}
