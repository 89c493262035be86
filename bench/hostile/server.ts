/**
 * A query that whoever means harm talks to, in a process of its own: what comes goes to files. Tells its parent the port
 * that it listens on, and answers each message with how it is.
 */
import { type Flow, startQuery } from '../../lib/index.js';
import { fileSink, socketSource, webSocketSource } from '../../connectors/index.js';
import type { Health, Setup } from './child.js';

const { port, options, server, dir } = JSON.parse(process.argv[2]!) as Setup;
const tell = (message: object): void => void process.send!(message);

const from: Flow<{ value: string }> =
  port === undefined
    ? webSocketSource({ ...options, server: { port: 0, onListening: tell, ...server } })
    : socketSource({ ...options, host: '127.0.0.1', port });
const query = startQuery({ from, to: fileSink({ format: 'text', path: `${dir}/out` }) });

let rows = 0;
let metrics: Health['metrics'] = {};
query.progress$.subscribe({
  next: ({ sources: [source], sink }) => {
    rows += sink.numOutputRows;
    metrics = source?.metrics ?? {};
  },
  error: () => undefined,
});
let error: string | undefined;
query.awaitTermination().catch((e: unknown) => (error = (e as { code?: string }).code ?? String(e)));

let peak = 0;
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
process.on('message', ({ anew }: { anew: boolean }) => {
  const rss = process.memoryUsage.rss();
  peak = anew ? rss : Math.max(peak, rss);
  tell({ rss, peak, rows, metrics, ...(error !== undefined && { error }) });
});
process.on('disconnect', () => process.exit());
if (port !== undefined) tell({ port });
