import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSinkDefinition } from '../../connectors/file/sink.js';
import { fileSourceDefinition } from '../../connectors/file/source.js';
import { type SourceDefinition, defineSink, defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import { count, sessionWindow, sum, window } from '../../lib/index.js';
import type { StartOptions } from '../../lib/query/index.js';
import {
  aggregate,
  checkpoint,
  dropDuplicates,
  filterRows,
  flatMapGroupsWithState,
  join as joined,
  selectExpr,
  transformWithState,
  trigger,
  withWatermark,
} from '../../operators/index.js';
import { bounded } from './jobs.js';

/** Where the state is. */
export const stateOptions = ['memory', 'lmdb'] as const;
export type StateOption = (typeof stateOptions)[number];

/** One query from files to files that keeps state. JSON, so that a child process can be told. */
export interface StatefulJob {
  readonly keeps: StatefulKind;
  readonly input: string;
  readonly out: string;
  readonly checkpoint: string;
  readonly state: StateOption;
  readonly fault?: StatefulFault | undefined;
}

/** Duplicates are known to the process alone; or are written down when they are seen, whatever becomes of the batch. */
export type StatefulFault = 'keepsInProcess' | 'keepsAtOnce';

export interface StatefulRow {
  id: number;
  k: string;
  at: Date;
  v: number;
}

const rowsPerBatch = 24;

export const isStateful = (job: object): job is StatefulJob => 'keeps' in job;

/** What `startQuery` is given for such a job. */
export function stateful(job: StatefulJob): StartOptions<never> {
  const { keeps, state } = job;
  const kept$: Flow<never> = pipelines[keeps](job) as unknown as Flow<never>;
  const from = kept$.pipe(trigger({ availableNow: true }), checkpoint(job.checkpoint, { segmentBytes: 3000, state }));
  return { from, to: defineSink(fileSinkDefinition({ format: 'json', path: job.out })) };
}

/** What keeps state from batch to batch. */
const pipelines = {
  windows: (job: StatefulJob) =>
    events(job, 'left').pipe(
      aggregate({ by: { k: 'k', w: window('at', '10 seconds') }, values: { n: count(), total: sum('v') } }),
      selectExpr('k', 'unix_millis(w.start) AS begun', 'n', 'total'),
    ),
  sessions: (job: StatefulJob) =>
    events(job, 'left').pipe(
      aggregate({ by: { k: 'k', w: sessionWindow('at', '5 seconds') }, values: { n: count(), total: sum('v') } }),
      selectExpr('k', 'unix_millis(w.start) AS begun', 'n', 'total'),
    ),
  duplicates: (job: StatefulJob) =>
    events(job, 'repeated').pipe(
      job.fault === undefined ? dropDuplicates(['id', 'at']) : faulty(job, job.fault),
      selectExpr('k', 'unix_millis(at) AS begun', 'id AS n', 'v AS total'),
    ),
  join: (job: StatefulJob) =>
    events(job, 'left').pipe(
      joined(events(job, 'right'), {
        on: 'a.k = b.k AND b.at BETWEEN a.at AND a.at + INTERVAL 3 SECONDS',
        type: 'leftOuter',
      }),
      selectExpr('a.k AS k', 'unix_millis(a.at) AS begun', 'a.id AS n', 'b.id AS total'),
    ),
  groups: (job: StatefulJob) =>
    events(job, 'left').pipe(
      flatMapGroupsWithState(
        { by: 'id DIV 4', initial: () => ({ begun: Infinity, n: 0, total: 0 }), timeout: 'eventTime' },
        (_key, rows, state) => {
          let { begun, n, total } = state.get();
          if (state.hasTimedOut) {
            state.remove();
            return [{ k: 'group', begun, n, total }];
          }
          for (const { at, v } of rows) {
            begun = Math.min(begun, at.getTime());
            n++;
            total += v;
          }
          state.update({ begun, n, total });
          state.setTimeoutTimestamp(begun, '20 seconds');
          return [];
        },
      ),
    ),
  transform: (job: StatefulJob) =>
    events(job, 'left').pipe(
      transformWithState({ by: 'id DIV 4', timeMode: 'eventTime' }, (handle) => {
        const total = handle.getValueState<number>('total', 'INT');
        const times = handle.getListState<Date>('times', 'TIMESTAMP');
        const ids = handle.getMapState<number, boolean>('ids', 'INT', 'BOOLEAN');
        return {
          handleInputRows: (_key, rows) => {
            for (const { id, at, v } of rows) {
              total.update((total.get() ?? 0) + v);
              times.appendValue(at);
              ids.updateValue(id, true);
              // Only the last one is left.
              for (const timer of handle.listTimers()) handle.deleteTimer(timer);
              handle.registerTimer(at, '20 seconds');
            }
            return [];
          },
          handleExpiredTimer: () => {
            const begun = Math.min(...times.get().map((at) => at.getTime()));
            const made = { k: 'group', begun, n: ids.keys().length, total: total.get() };
            for (const state of [total, times, ids]) state.clear();
            return [made];
          },
        };
      }),
    ),
};

export type StatefulKind = keyof typeof pipelines;
export const statefulKinds = Object.keys(pipelines) as StatefulKind[];

function events({ input }: StatefulJob, name: string): Flow<StatefulRow> {
  const definition = fileSourceDefinition(
    { format: 'json', path: join(input, name), schema: 'id INT, k STRING, at TIMESTAMP, v INT', name },
    { chunkBytes: 256 },
  ) as SourceDefinition<unknown, never> as SourceDefinition<StatefulRow, never>;
  return defineSource(bounded(definition, rowsPerBatch)).pipe(withWatermark('at', '5 seconds'));
}

/** `dropDuplicates` as one might write it. */
function faulty(job: StatefulJob, fault: StatefulFault): (flow: Flow<StatefulRow>) => Flow<StatefulRow> {
  const path = join(job.checkpoint, '..', 'seen');
  const seen = new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n').map(Number) : []);
  return filterRows(({ id }) => {
    if (seen.has(id)) return false;
    seen.add(id);
    if (fault === 'keepsAtOnce') appendFileSync(path, `\n${id}`);
    return true;
  });
}
