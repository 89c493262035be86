import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileSourceOptions, fileSource, memorySink } from '../../../../connectors/index.js';
import { type Flow, startQuery } from '../../../../lib/index.js';
import { checkpoint, trigger } from '../../../../operators/index.js';

let seconds = 1_700_000_000;

/** Writes a file that is younger than all before. */
export function put(dir: string, name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, seconds, seconds++);
  return path;
}

export interface Ran {
  readonly rows: readonly Record<string, unknown>[];
  /** Of the source, batch by batch. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
}

/** Reads all that is there. */
export async function run(
  options: FileSourceOptions,
  more: { checkpoint?: string; then?: (flow: Flow) => Flow } = {},
): Promise<Ran> {
  const sink = memorySink<Record<string, unknown>>({ queryName: `run${seconds++}` });
  const { then = (flow: Flow): Flow => flow } = more;
  const flow = then(fileSource(options).pipe(trigger({ availableNow: true })));
  const query = startQuery({
    from: more.checkpoint === undefined ? flow : flow.pipe(checkpoint(more.checkpoint)),
    to: sink,
  });
  await query.awaitTermination();
  return { rows: sink.rows, metrics: query.recentProgress.map(({ sources }) => ({ ...sources[0]!.metrics })) };
}
