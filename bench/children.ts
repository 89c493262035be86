import { spawn } from 'node:child_process';

export interface ChildResult {
  readonly stdout: string;
  /** Milliseconds from the start of the process to its first output. */
  readonly firstOutput: number;
}

/** Runs Node in a process of its own, so that heaps and warm code do not mix. */
export function runNode(args: readonly string[]): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    let firstOutput = NaN;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout === '') firstOutput = performance.now() - start;
      stdout += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ stdout, firstOutput });
      else reject(new Error(`node ${args.join(' ')} ended with ${signal ?? code}`));
    });
  });
}

/** The JSON on the last line of what a child printed. */
export const answerOf = <T>({ stdout }: ChildResult): T => JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
