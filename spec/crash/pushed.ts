import { existsSync, readdirSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Observable } from 'rxjs';
import { fileSinkDefinition } from '../../connectors/file/sink.js';
import { socketSource } from '../../connectors/socket/index.js';
import { webSocketSource } from '../../connectors/websocket/index.js';
import { defineSink } from '../../lib/connect/index.js';
import { SpillInbox } from '../../lib/connect/push/spill-inbox.js';
import { SpillLog } from '../../lib/connect/push/spill-log.js';
import type { Flow } from '../../lib/flow.js';
import type { StartOptions } from '../../lib/query/index.js';
import { Random } from '../../lib/testing/random.js';
import { checkpoint, microBatch, trigger } from '../../operators/index.js';
import { faulty } from './faults.js';
import { failingAtRandom, failingWrites, restart } from './flaky.js';

export type Transport = 'webSocket' | 'socket' | 'microBatch';

/** One query from what is pushed, through a log on disk, to files of text. JSON, so that a child process can be told. */
export interface PushedJob {
  readonly push: Transport;
  readonly spill: string;
  readonly checkpoint: string;
  readonly out: string;
  /** `socket`: where the server is. */
  readonly port?: number;
  /** `microBatch`: what its rows begin with; without it none come. */
  readonly channel?: string;
  /** A seed: the sink fails at random, and the query starts again by itself. */
  readonly flaky?: number;
  /** Ends when all that the log holds is done. */
  readonly drain?: boolean;
  readonly fault?: 'writesTwice' | 'acknowledgesUnwritten' | 'trimsUncommitted' | 'cutsEnd';
}

export interface PushedRow {
  value: string;
}

export const isPushed = (job: object): job is PushedJob => 'push' in job;

/**
 * The `n`-th row that comes through a channel, which is one connection. `id` says what it is: a row that is sent again
 * comes through another channel. Of any length, so that blocks and segments end anywhere.
 */
export const pushedText = (channel: string, n: number, id: number): string =>
  `${channel}|${n}|${id}|${'x'.repeat(n % 150)}`;

/** What `startQuery` is given for such a job. */
export function pushed(job: PushedJob): StartOptions<PushedRow> {
  plant(job);
  const log = checkpoint<PushedRow>(job.checkpoint);
  const source$ = sourceOf(job);
  const fault = job.fault === 'writesTwice' ? { fault: job.fault } : {};
  const sink = faulty({ out: job.out, checkpoint: job.checkpoint, ...fault }, textSink(job.out));
  return {
    from: job.drain === true ? source$.pipe(trigger({ availableNow: true }), log) : source$.pipe(log),
    to: defineSink(job.flaky === undefined ? sink : failingWrites(sink, 'out', failingAtRandom(new Random(job.flaky)))),
    ...(job.flaky !== undefined && { restart }),
  };
}

const textSink = (path: string) => fileSinkDefinition({ format: 'text', path });

function sourceOf({ push, spill, port, channel }: PushedJob): Flow<PushedRow> {
  const options = { buffer: { spill, maxBytes: '64k' }, maxRows: 50 } as const;
  switch (push) {
    case 'webSocket': {
      const onListening = (address: { readonly port: number }): void => void writeSync(1, `port ${address.port}\n`);
      return webSocketSource({ ...options, server: { port: 0, onListening }, acknowledge: true });
    }
    case 'socket':
      return socketSource({ ...options, host: '127.0.0.1', port: port!, reconnect: { initial: 5, max: 20 } });
    case 'microBatch': {
      const feed = new RowFeed(channel);
      const held = { pause: () => (feed.held = true), resume: () => (feed.held = false) };
      return microBatch<PushedRow>({ ...options, ...held, schema: 'value STRING' })(feed.rows$);
    }
  }
}

/** An Observable of rows that come by themselves, and can be held up. */
class RowFeed {
  held = false;
  readonly rows$: Observable<PushedRow>;

  constructor(channel: string | undefined) {
    this.rows$ = new Observable((subscriber) => {
      if (channel === undefined) return;
      let next = 0;
      const run = async (): Promise<void> => {
        for (; !subscriber.closed; await pause(1)) {
          for (let i = 0; i < 20 && !this.held; i++) subscriber.next({ value: pushedText(channel, next, next++) });
        }
      };
      void run();
    });
  }
}

/** Makes the log break its promise: the check has to see it. */
function plant({ fault, spill }: PushedJob): void {
  if (fault === 'acknowledgesUnwritten') {
    const inbox = SpillInbox.prototype as unknown as {
      keep(item: unknown, bytes: number, kept?: () => void): void;
    };
    const { keep } = inbox;
    inbox.keep = function (item, bytes, kept) {
      kept?.();
      keep.call(this, item, bytes);
    };
    const { append } = SpillLog.prototype;
    SpillLog.prototype.append = async function (records) {
      await pause(30);
      await append.call(this, records);
    };
  }
  if (fault === 'cutsEnd' && existsSync(spill)) {
    const last = join(spill, readdirSync(spill).findLast((name) => name.endsWith('.spill')) ?? '');
    if (statSync(last).isFile()) truncateSync(last, Math.max(8, statSync(last).size - 5));
  }
  if (fault === 'trimsUncommitted') {
    const { read } = SpillLog.prototype;
    SpillLog.prototype.read = async function (from, most) {
      const records = await read.call(this, from, most);
      await this.trim(from + records.length);
      return records;
    };
  }
}
