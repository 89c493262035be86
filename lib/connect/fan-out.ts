import type { MicroBatch } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import { type MaybePromise, all, chain } from '../maybe-promise.js';
import { Branch, BranchRun, type BranchSink, commonModes } from './branch.js';
import type { SinkDefinition, SinkWriter } from './contract.js';
import { type Sink, defineSink } from './sink.js';

/**
 * Hands every batch to several sinks: one read, and one commit when it is durable in all of them. After a crash that
 * reached only some, the batch comes again to each, and an exactly-once sink has each row once. The slowest sink sets
 * the speed; a sink that fails fails the query, unless its `onError` says otherwise.
 *
 * The progress counts the rows of all sinks together, and by branch `<name>.rows` and what the sink itself counts.
 * The sinks belong to the whole and are closed with it.
 *
 * Throws MISSING_OPTION, INVALID_OPTION, UNKNOWN_OPTION, DUPLICATE_NAME, and UNSUPPORTED_OUTPUT_MODE where the sinks
 * have no output mode in common.
 *
 * @example
 * ```ts
 * orders$.subscribe(
 *   fanOut(
 *     fileSink({ format: 'parquet', path: 'out/' }),
 *     { to: webSocketSink({ server: { port: 8082 } }), name: 'live', onError: 'continue' },
 *   ),
 * );
 * ```
 */
export function fanOut<Row = unknown>(...sinks: readonly BranchSink<Row>[]): Sink<Row> {
  const branches = Branch.all('fanOut', sinks);
  if (branches.length === 0) throw new SluiceError('MISSING_OPTION', 'fanOut: give it at least one sink.');
  return defineSink<Row>({
    ...severalSinks('fanOut', branches, (branch) => branch.explained()),
    open: () => new SeveralWriter(branches, (batch) => branches.map(() => batch)),
  });
}

/** What a sink over several says of itself. */
export function severalSinks<Row>(
  op: string,
  branches: readonly Branch<Row>[],
  explain: (branch: Branch<Row>, i: number) => ReturnType<Branch<Row>['explained']>,
): Pick<SinkDefinition<Row>, 'op' | 'detail' | 'supports' | 'branches' | 'ended'> {
  return {
    op,
    detail: branches.map(({ name }) => name).join(', '),
    supports: {
      exactlyOnce: branches.every(({ to }) => (to as Partial<Sink>).exactlyOnce === true),
      outputModes: commonModes(op, branches),
    },
    branches: branches.map(explain),
    ended: (end) => chain(all(branches.map((branch) => branch.end(end))), () => undefined),
  };
}

/** Writes to all branches at once what `deal` has for each; done when all are. */
export class SeveralWriter<Row> implements SinkWriter<Row> {
  private runs: readonly BranchRun<Row>[] | undefined;

  constructor(
    private readonly branches: readonly Branch<Row>[],
    private readonly deal: (batch: MicroBatch<Row>) => readonly MicroBatch<Row>[],
  ) {}

  write(batch: MicroBatch<Row>): MaybePromise<void> {
    const parts = this.deal(batch);
    const runs = (this.runs ??= this.branches.map((branch) => new BranchRun(branch, batch.query)));
    return chain(all(runs.map((run, i) => run.write(parts[i]!))), (settled) => {
      for (const how of settled) if ('error' in how) throw how.error;
    });
  }

  outputRows(): number {
    return (this.runs ?? []).reduce((sum, run) => sum + run.outputRows, 0);
  }

  metrics(): Readonly<Record<string, string | number>> {
    return Object.assign({}, ...(this.runs ?? []).map((run) => run.metrics)) as Record<string, string | number>;
  }
}
