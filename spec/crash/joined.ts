import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileSinkDefinition } from '../../connectors/file/sink.js';
import { fileSourceDefinition } from '../../connectors/file/source.js';
import {
  type Sink,
  type SinkDefinition,
  type SourceDefinition,
  defineSink,
  defineSource,
  fanOut,
  otherwise,
  route,
} from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { StartOptions } from '../../lib/query/index.js';
import { Random } from '../../lib/testing/random.js';
import { checkpoint, trigger, union, unionByName, where, withColumn } from '../../operators/index.js';
import { type DatabaseFault, databaseFaults, toDatabase } from './database.js';
import { faulty } from './faults.js';
import { type MayFail, failingAtRandom, failingWrites, restart } from './flaky.js';
import { bounded } from './jobs.js';

/** One query from several sources to two folders of files and a database. JSON, so that a child process can be told. */
export interface JoinedJob {
  /** Of `sourceNames`, those that are read. */
  readonly sources: readonly string[];
  readonly sinks: 'fanOut' | 'route';
  /** Whether columns are matched by name: those of every other source come in another order. */
  readonly byName?: boolean;
  readonly input: string;
  readonly out: string;
  readonly database: string;
  readonly checkpoint: string;
  /** A seed: sources and sinks fail at random, and the query starts again by itself. */
  readonly flaky?: number;
  /** The process dies so many milliseconds after the how many-th of these failures. */
  readonly dieAfter?: { readonly failures: number; readonly millis: number };
  readonly fault?: JoinedFault | undefined;
}

/** Faults of the sink `a`, of the database, or of the sources. */
export type JoinedFault = 'writesTwice' | 'losesReplay' | DatabaseFault | 'forgetsSource';

export interface JoinedRow {
  id: number;
  note: string;
}

export const sourceNames = ['north', 'east', 'south', 'west'] as const;

/** They are through at different times. */
const rowsPerBatch = { north: 10, east: 15, south: 25, west: 40 };

export const isJoined = (job: object): job is JoinedJob => 'database' in job;

/** Whether it says itself when. */
export const diesByItself = (job: object): boolean => isJoined(job) && job.dieAfter !== undefined;

/** What `startQuery` is given for such a job. */
export function joined(job: JoinedJob): StartOptions<never> {
  const mayFail = job.flaky === undefined ? () => undefined : failingAtRandom(new Random(job.flaky));
  const [first, ...others] = job.sources.map((name) => sourceOf(job, name, mayFail)) as [
    Flow<JoinedRow>,
    ...Flow<JoinedRow>[],
  ];
  const from = first.pipe(
    job.byName === true ? joinByName(others) : union(...others),
    where('id % 7 <> 0'),
    withColumn('note', "concat(note, '!')"),
    trigger({ availableNow: true }),
    checkpoint(job.checkpoint, { segmentBytes: 1500 }),
  ) as unknown as Flow<never>;
  const to = sinkOf(job, mayFail);
  if (job.flaky === undefined) return { from, to };
  return { from, to, restart, onFailure: dyingAfter(job.dieAfter) };
}

const joinByName =
  (others: readonly Flow<JoinedRow>[]) =>
  (first: Flow<JoinedRow>): Flow<JoinedRow> =>
    others.reduce((all, other) => all.pipe(unionByName(other)), first);

function sourceOf(job: JoinedJob, name: string, mayFail: MayFail): Flow<JoinedRow> {
  const turned = job.byName === true && sourceNames.indexOf(name as 'north') % 2 === 1;
  const definition = fileSourceDefinition(
    {
      format: 'json',
      path: join(job.input, name),
      schema: turned ? 'note STRING, id LONG' : 'id LONG, note STRING',
      name: job.fault === 'forgetsSource' ? `${name}-${process.pid}` : name,
    },
    { chunkBytes: 256 },
  ) as SourceDefinition<unknown, never> as SourceDefinition<JoinedRow, never>;
  const cut = bounded(definition, rowsPerBatch[name as keyof typeof rowsPerBatch]);
  return defineSource({
    ...cut,
    open: async (context) => {
      const reader = await cut.open(context);
      const read = reader.read.bind(reader);
      reader.read = (start, end) => {
        mayFail(`while ${name} is read`);
        return read(start, end);
      };
      return reader;
    },
  });
}

function sinkOf(job: JoinedJob, mayFail: MayFail): Sink<never> {
  const a = files(job, 'a', 'json', mayFail);
  const b = files(job, 'b', 'parquet', mayFail);
  const fault = databaseFaults.find((each) => each === job.fault);
  const database = toDatabase<JoinedRow>(job.database, fault, mayFail);
  if (job.sinks === 'fanOut') return fanOut(a, database as Sink, b) as Sink<never>;
  return route<JoinedRow>([
    ['id % 3 = 0', a],
    [(row) => Number(row.id) % 3 === 1, database],
    [otherwise, b],
  ]) as Sink<never>;
}

export function files(
  job: Pick<JoinedJob, 'out' | 'checkpoint' | 'fault'>,
  name: string,
  format: 'json' | 'parquet',
  mayFail: MayFail,
): Sink<JoinedRow> {
  const out = join(job.out, name);
  const isFaulty = name === 'a' && (job.fault === 'writesTwice' || job.fault === 'losesReplay');
  const place = { out, checkpoint: job.checkpoint, ...(isFaulty && { fault: job.fault as 'writesTwice' }) };
  const sink = faulty(place, fileSinkDefinition({ format, path: out })) as SinkDefinition<JoinedRow>;
  return defineSink(failingWrites(sink, name, mayFail));
}

/** Tells of each failure, and ends the process a while after one. */
function dyingAfter(point: JoinedJob['dieAfter']): () => void {
  let failures = 0;
  return () => {
    failures++;
    writeSync(1, `failure ${failures}\n`);
    if (failures === point?.failures) setTimeout(() => process.kill(process.pid, 'SIGKILL'), point.millis);
  };
}
