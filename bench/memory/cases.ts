import { join } from 'node:path';
import { answerOf, runNode } from '../children.js';

/** What the cases answer; sizes are in bytes. */
export interface FastSource {
  /** Resident memory, ten times a second. */
  readonly samples: readonly number[];
  readonly written: number;
  readonly pushed: number;
}

/** What is pushed at. */
export const pushKinds = ['socketSource', 'webSocketServer', 'webSocketClient', 'microBatch', 'fromIterable'] as const;
export type PushKind = (typeof pushKinds)[number];

export interface KafkaBacklog extends Omit<FastSource, 'pushed'> {
  /** Messages that were there. */
  readonly backlog: number;
}

export interface FilesRead {
  readonly rows: number;
  readonly expected: number;
  readonly seconds: number;
  /** The most that was resident. */
  readonly peak: number;
}

/** The cases, each from its source in a process of its own with a heap of 512 MB. `root` is the checkout. */
export const casesIn = (root: string) => {
  const run = async <T>(name: string, ...args: readonly (string | number)[]): Promise<T> => {
    const script = join(root, 'bench', 'memory', `${name}.ts`);
    return answerOf<T>(await runNode(['--import', 'tsx', '--max-old-space-size=512', script, ...args.map(String)]));
  };
  return {
    fastSource: (seconds: number) => run<FastSource>('fast-source', seconds),
    push: (kind: PushKind, seconds: number) => run<Omit<FastSource, 'pushed'>>('push', kind, seconds),
    kafka: (megabytes: number, seconds: number) => run<KafkaBacklog>('kafka', megabytes, seconds),
    manyFiles: (files: number, to: 'csv' | 'parquet') => run<FilesRead>('many-files', files, to),
    largeFile: (megabytes: number, to: 'csv' | 'parquet') => run<FilesRead>('large-file', megabytes, to),
  };
};

/**
 * How much the memory grew after the warm-up, the first third: the highest level of the last third over that of the
 * second, less one.
 */
export function growth(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  const highest = (from: number, to: number): number => Math.max(...samples.slice(from, to));
  return highest(2 * third, samples.length) / highest(third, 2 * third) - 1;
}
