import type { Observable, Observer, SchedulerLike } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import { Sink } from '../connect/index.js';
import { SluiceError } from '../errors/index.js';
import { planOf } from '../flow.js';
import { custom, func, nonEmptyText, oneOf, parseOptions, required, sink } from '../options/index.js';
import { type OutputMode, type PlanNode, checkPlan, nodesOf } from '../plan/index.js';
import { registry } from './queries.js';
import { type QueryFailure, type RestartOptions, RestartPolicy } from './restart.js';
import { StreamingQuery } from './streaming-query.js';

export interface StartOptions<Row> {
  /** Names the query in metrics and messages. Unique among the active queries of the process. */
  name?: string;
  /** A flow, or any Observable of micro-batches. */
  from: Observable<MicroBatch<Row>>;
  /** A sink, or any Observer of micro-batches. */
  to: Observer<MicroBatch<Row>>;
  /** What the sink gets of each batch. Default `'append'`. */
  outputMode?: OutputMode;
  /** The clock of triggers and timestamps, for tests. Default rxjs's `asyncScheduler`. */
  clock?: SchedulerLike;
  /**
   * Starts the query again when it fails, later and later: from the last commit, so the pipeline needs a `checkpoint`.
   * The sink is closed and opened again, an observer is told of the last failure only. Default: it fails at once.
   */
  restart?: RestartOptions;
  /**
   * Called when a run has failed, before it is decided. Return `false` to let the query fail although it would start
   * again. What it throws is reported and changes nothing.
   */
  onFailure?: (failure: QueryFailure) => boolean | void;
}

const spec = {
  name: nonEmptyText(),
  from: required(
    custom(
      (v): v is Observable<MicroBatch> => typeof (v as Observable<unknown> | null)?.subscribe === 'function',
      'a flow',
    ),
  ),
  to: required(sink<MicroBatch>()),
  outputMode: oneOf(['append', 'update', 'complete']),
  clock: custom(
    (v): v is SchedulerLike => typeof (v as SchedulerLike | null)?.schedule === 'function',
    'a scheduler of rxjs',
  ),
  restart: custom((v): v is RestartOptions => typeof v === 'object' && v !== null, 'an object'),
  onFailure: func<(failure: QueryFailure) => boolean | void>(),
};

/**
 * Starts a query and returns its handle. The pipeline is checked first: what cannot be run correctly is refused here,
 * with UNSUPPORTED_PIPELINE, UNSUPPORTED_OUTPUT_MODE or DUPLICATE_NAME. What fails later is in `query.exception`, and
 * `query.awaitTermination()` rejects with it.
 *
 * @example
 * ```ts
 * const query = startQuery({ name: 'totals', from: totals$, to: fileSink({ format: 'parquet', path: 'out/' }) });
 * query.progress$.subscribe((p) => console.log(p.numInputRows));
 * await query.awaitTermination();
 * ```
 */
export function startQuery<Row>(options: StartOptions<Row>): StreamingQuery {
  const { name, outputMode, clock, restart, onFailure } = parseOptions('startQuery', options, spec);
  const { from, to } = options;
  if (name !== undefined && registry.active.some((query) => query.name === name)) {
    throw new SluiceError(
      'DUPLICATE_NAME',
      `startQuery: a query named '${name}' is active already. Stop it first, or take another name.`,
    );
  }
  const plan = planOf(from as Observable<MicroBatch<never>>);
  checkPlan(plan, { sink: to instanceof Sink ? to : undefined, outputMode });
  if (to instanceof Sink && plan.schema !== undefined) to.check(plan.schema);
  const policy = restart && restartable(restart, plan);
  const sink = to instanceof Sink ? to : { op: 'observer', detail: '' };
  const query = new StreamingQuery({ name, plan, sink }, registry);
  registry.add(query);
  query.run({ name, from, to, plan, sink, outputMode, clock, restart: policy, onFailure });
  return query;
}

function restartable(options: RestartOptions, plan: PlanNode): RestartPolicy {
  const policy = new RestartPolicy(options);
  if ([...nodesOf(plan)].some((node) => node.traits.checkpoint !== undefined)) return policy;
  throw new SluiceError(
    'UNSUPPORTED_PIPELINE',
    'startQuery: `restart` goes on from the last commit, and this pipeline writes none down: each restart would begin ' +
      'at the beginning. Add checkpoint(), right above the sink.',
  );
}
