/** A source that is pushed at, a hundred times faster than the sink: `push <kind> <seconds>`; prints the resident memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Observable } from 'rxjs';
import { defineSink, fromIterable, socketSource, webSocketSource } from '../../connectors/index.js';
import { type Flow, startQuery } from '../../lib/index.js';
import { microBatch } from '../../operators/index.js';
import type { PushKind } from './cases.js';

const kind = process.argv[2] as PushKind;
const seconds = Number(process.argv[3]);
const children: ChildProcess[] = [];

function feeder(...args: readonly string[]): ChildProcess {
  const script = new URL('feeder.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => child.stdout!.once('data', (data: Buffer) => resolve(Number(data))));

interface Made {
  readonly value: string;
}
let made = 0;
const make = (): Made => ({ value: `{"n":${made++},"text":"${'x'.repeat(80)}"}` });

function* endless(): Generator<Made> {
  for (;;) yield make();
}

/** Pushes whenever the event loop has a moment, and stops when it is told to. */
let paused = false;
let goOn: () => void = () => undefined;
const pushed$ = new Observable<Made>((subscriber) => {
  const push = (): void => {
    if (subscriber.closed || paused) return;
    for (let i = 0; i < 1000 && !paused; i++) subscriber.next(make());
    setImmediate(push);
  };
  goOn = () => setImmediate(push);
  push();
});

const maxRows = 1000;
const sources: Record<PushKind, () => Flow<unknown> | Promise<Flow<unknown>>> = {
  socketSource: async () => socketSource({ host: '127.0.0.1', port: await portOf(feeder('lines')), maxRows }),
  webSocketClient: async () => webSocketSource({ url: `ws://127.0.0.1:${await portOf(feeder('messages'))}`, maxRows }),
  webSocketServer: () => {
    const onListening = ({ port }: { port: number }): void => void feeder('client', String(port));
    return webSocketSource({ server: { port: 0, onListening }, maxRows });
  },
  microBatch: () =>
    pushed$.pipe(
      microBatch({
        maxRows,
        maxBufferedRows: 10 * maxRows,
        pause: () => (paused = true),
        resume: () => {
          paused = false;
          goOn();
        },
      }),
    ) as Flow<unknown>,
  fromIterable: () => fromIterable(endless(), { maxRows }),
};

/** Three thousand rows a second; each of the sources can do more than three hundred thousand. */
let written = 0;
const slow = defineSink({
  op: 'slow',
  supports: { exactlyOnce: false },
  open: () => ({
    write: (batch) => {
      written += batch.rows.length;
      return new Promise((resolve) => setTimeout(resolve, batch.numRows / 3));
    },
  }),
});

const samples: number[] = [];
const query = startQuery({ from: await sources[kind](), to: slow });
const sampling = setInterval(() => samples.push(process.memoryUsage.rss()), 100);
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
clearInterval(sampling);
if (query.exception !== undefined) throw query.exception;
for (const child of children) child.kill();
console.log(JSON.stringify({ samples, written }));
process.exit();
