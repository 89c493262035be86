import { Session } from 'node:inspector/promises';

/** Where the time of a run went: shares of the whole, the largest first. */
export type Shares = readonly (readonly [phase: string, share: number])[];

interface Frame {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[] | undefined;
}

/** Runs `work` under V8's sampling profiler. */
export async function profiled<T>(work: () => Promise<T>): Promise<{ result: T; shares: Shares; top: Shares }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  const result = await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const parents = new Map<number, Frame>();
  const frames = new Map<number, Frame>();
  for (const frame of profile.nodes) {
    frames.set(frame.id, frame);
    for (const child of frame.children ?? []) parents.set(child, frame);
  }
  const phases = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  profile.samples?.forEach((id, i) => {
    const stack: Frame[] = [];
    for (let frame = frames.get(id); frame !== undefined; frame = parents.get(frame.id)) stack.push(frame);
    const time = profile.timeDeltas?.[i] ?? 0;
    const { functionName, url } = stack[0]!.callFrame;
    total += time;
    add(phases, phaseOf(stack), time);
    add(functions, `${functionName || '(anonymous)'} ${url.replace(/^.*\/(?=[^/]*\/[^/]*$)/, '')}`, time);
  });
  return { result, shares: sharesOf(phases, total), top: sharesOf(functions, total).slice(0, 25) };
}

const add = (times: Map<string, number>, key: string, time: number): void =>
  void times.set(key, (times.get(key) ?? 0) + time);

const sharesOf = (times: ReadonlyMap<string, number>, total: number): Shares =>
  [...times].map(([key, time]) => [key, time / total] as const).sort((a, b) => b[1] - a[1]);

/** What a sample was busy with, by the frames that were on its stack; the innermost comes first. */
function phaseOf(stack: readonly Frame[]): string {
  const leaf = stack[0]!.callFrame;
  const has = (pattern: RegExp): boolean => stack.some(({ callFrame: { url } }) => pattern.test(url));
  if (leaf.functionName === '(garbage collector)') return 'gc';
  if (leaf.functionName === '(idle)') return 'waiting (disk)';
  if (has(/^wasm:/)) return has(/parquet\/writer/) ? 'Parquet encode' : 'Parquet decode';
  if (has(/apache-arrow|columns\/arrow/)) return 'Arrow IPC';
  if (has(/parquet\/writer/)) return 'Arrow IPC';
  if (has(/file\/(csv|json|text)\/encoder/)) return 'encode';
  if (has(/file\/(csv|json|text)\/decoder/)) return 'decode';
  if (has(/parquet\/(reader|cast)|parquet_wasm|parquet-wasm/)) return 'Parquet decode';
  if (has(/sink\/partitions/)) return 'partitioning';
  if (stack.some(({ callFrame }) => callFrame.functionName === 'concat' && /columns\/table/.test(callFrame.url))) {
    return 'putting tables together';
  }
  if (has(/\/(lib\/(context|connect|batch|checkpoint|plan|query)|operators)\//)) return 'engine';
  if (has(/\/bench\/straight/)) return 'loop, files';
  if (leaf.functionName === '(program)') return 'runtime';
  if (/^node:/.test(leaf.url) || has(/file\/(source|sink)\/|durable/)) return 'files';
  return 'other';
}
