import { Delivery, type Json } from '../batch/index.js';
import { Table } from '../columns/index.js';
import type { ReadLimit, SourceDefinition, SourceReader } from '../connect/index.js';
import { type QueryContext, within } from '../context/index.js';
import { SluiceError } from '../errors/index.js';
import { Flow } from '../flow.js';
import { inTime, must, pause, same, show } from './compare.js';

type Definition = SourceDefinition<unknown, Json>;

/** A source as a query finds it when it subscribes: what `defineSource` was given, until it is left. */
export interface Joined {
  readonly definition: Definition;
  leave(): void;
}

/** Subscribes a flow of one source, as a query would. */
export function joinSource(flow: Flow<unknown>): Joined {
  must(
    flow instanceof Flow && flow.plan.kind === 'source',
    'sourceSuite: `create` must return a source as its factory made it, without operators.',
  );
  let found: Definition | undefined;
  // The one thing that a source does when it is subscribed is to join the query around it.
  const query = {
    ended: false,
    join: (source: { definition: Definition }) => {
      found = source.definition;
      return () => undefined;
    },
  };
  let failure: unknown;
  const subscription = within({ context: query as unknown as QueryContext }, () =>
    flow.subscribe({ error: (error: unknown) => (failure = error) }),
  );
  if (failure !== undefined) throw SluiceError.from(failure, 'SOURCE_FAILED', 'Subscribing the source');
  must(
    found !== undefined,
    'sourceSuite: the source did not join the query that subscribed it: make it by `defineSource`.',
  );
  return { definition: found, leave: () => subscription.unsubscribe() };
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
    /** After a restart offsets come from a checkpoint. */
    private readonly restarted: boolean,
    private readonly leave: () => void,
  ) {}

  /** @param remembered what readers before it asked to remember; it comes out of JSON, as from a checkpoint. */
  static async open<Row>(joined: Joined, timeout: number, remembered?: readonly Json[]): Promise<Probe<Row>> {
    const entries = throughJson('A remembered entry', [...(remembered ?? [])]);
    const waiting: Waiting = {};
    const opened = Promise.resolve(
      joined.definition.open({
        name: joined.definition.name,
        queryId: 'query',
        runId: 'run',
        columns: undefined,
        conditions: [],
        remembered: [...entries],
        remember: (entry) => void entries.push(entry),
        wake: () => waiting.woken?.(),
        signal: new AbortController().signal,
        now: () => Date.now(),
      }),
    );
    const reader = (await inTime(opened, timeout, 'Opening the source')) as SourceReader<Row, Json>;
    return new Probe(reader, entries, waiting, timeout, remembered !== undefined, () => joined.leave());
  }

  async initial(): Promise<Json> {
    return throughJson('The initial offset', await this.call(() => this.reader.initial(), 'initial()'));
  }

  async latest(start: Json, limit: ReadLimit = everything): Promise<Json> {
    return throughJson('An offset', await this.call(() => this.reader.latest(this.offset(start), limit), 'latest()'));
  }

  /** As `latest`, but waits for data that is on its way. */
  async arrived(start: Json, limit: ReadLimit = everything): Promise<Json> {
    const deadline = Date.now() + this.timeout;
    // The source may (wrongly) change the very object that it gave.
    const asked = copyOf(start);
    for (;;) {
      const woken = new Promise<void>((resolve) => (this.waiting.woken = resolve));
      const end = await this.latest(start, limit);
      if (!same(end, asked)) return end;
      must(
        Date.now() < deadline,
        `Data was given to the source, but latest() did not go past ${show(asked)} within ${this.timeout} ms.`,
      );
      await Promise.race([woken, pause(Math.min(this.reader.status?.().pollAfter ?? 20, 20))]);
    }
  }

  async read(start: Json, end: Json): Promise<Row[]> {
    const given = await this.call(() => this.reader.read(this.offset(start), this.offset(end)), 'read()');
    const data = given instanceof Delivery ? given.table : given;
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
    this.leave();
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

  private offset(value: Json): Json {
    return this.restarted ? copyOf(value) : value;
  }

  private call<T>(act: () => T | PromiseLike<T>, what: string): Promise<T> {
    return inTime(new Promise<T>((resolve) => resolve(act())), this.timeout, `The end of ${what}`);
  }
}

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value) ?? 'null') as T;

/** The value itself, if it is the same after it was in a checkpoint. */
function throughJson<T>(what: string, value: T): T {
  const back = copyOf(value);
  must(same(value, back), () => `${what} must be JSON, but ${show(value)} comes back from JSON as ${show(back)}.`);
  return value;
}
