import type { Table } from '../../columns/index.js';
import type { Flow } from '../../flow.js';
import { type MaybePromise, chain } from '../../maybe-promise.js';
import type { SchemaLike } from '../../schema/index.js';
import type { SourceContext, SourceReader, SourceStatus } from '../contract.js';
import { defineSource } from '../source.js';
import type { Feed, Inbox } from './inbox.js';
import { MemoryInbox } from './memory-inbox.js';
import type { PushSettings } from './options.js';
import type { Codec } from './row-codec.js';
import { SpillInbox } from './spill-inbox.js';

/** A reader that can be pushed at. */
export type PushReader<Item, Row> = Inbox<Item> & SourceReader<Row, number>;

/** The inbox that the settings ask for, once it is open. */
export function openInbox<Item, Row>(
  what: string,
  settings: PushSettings,
  feed: Feed,
  codec: Codec<Item>,
  toData: (items: Item[]) => Table | readonly Row[],
  now: () => number,
): {
  readonly inbox: PushReader<Item, Row>;
  readonly open: (wake: () => void) => MaybePromise<PushReader<Item, Row>>;
} {
  const { spill } = settings;
  if (spill === undefined) {
    const inbox = new MemoryInbox<Item, Row>(what, settings, feed, now, toData);
    return { inbox, open: (wake) => inbox.connect(wake) };
  }
  const inbox = new SpillInbox<Item, Row>(what, { ...settings, spill }, feed, now, codec, toData);
  return { inbox, open: (wake) => inbox.open(wake) };
}

/** The other side of a push source: connections, for one run of a query. */
export interface Transport {
  /** Connects, or listens. What it throws fails the source. */
  start(): MaybePromise<void>;
  pause(): void;
  resume(): void;
  /** Figures for the progress. */
  metrics?(): Readonly<Record<string, number>>;
  close(): MaybePromise<void>;
}

export interface PushSourceDefinition<Row, Item> {
  readonly op: string;
  readonly name: string;
  readonly detail?: string;
  readonly schema: SchemaLike<Row>;
  readonly settings: PushSettings;
  readonly codec: Codec<Item>;
  /** The rows of a batch. */
  toData(items: Item[]): Table | readonly Row[];
  /** Makes what pushes into `inbox`; it is started when the query first asks for data. */
  connect(inbox: Inbox<Item>, context: SourceContext): Transport;
}

/** Makes a source whose transport pushes, and can be paused. */
export function definePushSource<Row, Item>(definition: PushSourceDefinition<Row, Item>): Flow<Row> {
  const { op, name, detail, schema, settings } = definition;
  return defineSource<Row, number>({
    op,
    name,
    ...(detail !== undefined && { detail }),
    schema,
    supports: { replay: settings.spill !== undefined },
    open: (context) => {
      const feed: Feed = {
        pause: () => transport.pause(),
        resume: () => transport.resume(),
        slack: Infinity,
        advice: '',
      };
      const now = (): number => context.now();
      const { inbox, open } = openInbox<Item, Row>(
        op,
        settings,
        feed,
        definition.codec,
        (items) => definition.toData(items),
        now,
      );
      const transport = definition.connect(inbox, context);
      return chain(
        open(() => context.wake()),
        () => startReader(inbox, transport),
      );
    },
  });
}

function startReader<Row>(
  inbox: PushReader<never, Row>,
  transport: Transport,
): MaybePromise<SourceReader<Row, number>> {
  const close = (): MaybePromise<void> => chain(transport.close(), () => inbox.close?.());
  const reader: SourceReader<Row, number> = {
    initial: () => inbox.initial(),
    latest: (start, limit) => inbox.latest(start, limit),
    read: (start, end) => inbox.read(start, end),
    commit: (end) => inbox.commit?.(end),
    ...('freeze' in inbox && { freeze: () => inbox.freeze?.() }),
    status: (): SourceStatus => {
      const status = inbox.status!();
      return { ...status, metrics: { ...status.metrics, ...transport.metrics?.() } };
    },
    close,
  };
  const failed = (error: unknown): MaybePromise<never> =>
    chain(close(), () => {
      throw error;
    });
  let started: MaybePromise<void>;
  try {
    started = transport.start();
  } catch (error) {
    return failed(error);
  }
  return typeof started === 'object' ? started.then(() => reader, failed) : reader;
}
