import { join } from 'node:path';
import {
  type Sink,
  type SourceDefinition,
  defineSink,
  defineSource,
  fanOut,
  otherwise,
  route,
} from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { FileSinkOptions, FileSourceOptions } from '../../connectors/file/options.js';
import { fileSinkDefinition } from '../../connectors/file/sink.js';
import { fileSourceDefinition } from '../../connectors/file/source.js';
import { checkpoint, filterRows, flatMapRows, mapRows, trigger } from '../../operators/index.js';
import { type Fault, faulty } from './faults.js';

export const formats = ['csv', 'json', 'text', 'parquet'] as const;
export type FormatName = (typeof formats)[number];

/** One query from files to files. JSON, so that a child process can be told. */
export interface Job {
  readonly format: FormatName;
  readonly input: string;
  readonly out: string;
  readonly checkpoint: string;
  readonly maxFilesPerTrigger?: number;
  /** In place of the engine's bound on a batch, so that small files are split over batches. */
  readonly rowsPerBatch?: number;
  readonly chunkBytes?: number;
  readonly partitionBy?: readonly string[];
  readonly maxRecordsPerFile?: number;
  readonly maxBytesPerFile?: number;
  readonly manifest?: 'spark';
  readonly compact?: { readonly minFiles: number; readonly every: number };
  /** The log goes on in a new file after so many bytes. */
  readonly segmentBytes?: number;
  /** Two sinks, in the folders `a` and `b`: both have every row, or `a` those with even ids and `b` the others. */
  readonly sinks?: 'fanOut' | 'route';
  readonly fault?: Fault;
  /** The user's function throws at the row with this id. */
  readonly throwAt?: number;
  /** The sink fails at this batch, before or after writing it. */
  readonly failAt?: { readonly batch: number; readonly when: 'before' | 'after' };
  /** Makes the functions differ from attempt to attempt: other rows, in other partitions. */
  readonly attempt?: number;
}

/** What a row holds, text files apart: they hold the same in one line. */
export interface Row {
  id: number;
  shop: string;
  amount: number;
  note: string;
}

const schema = 'id LONG, shop STRING, amount DOUBLE, note STRING';

/** Every seventh row is left out, and the amount is doubled. */
export const keeps = (id: number): boolean => id % 7 !== 0;

/** With an attempt, how many rows one becomes, and which partition each goes to. */
export const copiesOf = (id: number, attempt: number): number => (id + attempt) % 3;
export const shopOf = (id: number, attempt: number): string => `t${(id + attempt) % 4}`;

function sourceOptions(job: Job): FileSourceOptions {
  const common = {
    path: job.input,
    name: 'in',
    ...(job.maxFilesPerTrigger !== undefined && { maxFilesPerTrigger: job.maxFilesPerTrigger }),
  };
  switch (job.format) {
    case 'csv':
      return { ...common, format: 'csv', schema, header: true, multiLine: true, escape: '"' };
    case 'json':
      return { ...common, format: 'json', schema };
    case 'text':
      return { ...common, format: 'text' };
    case 'parquet':
      return { ...common, format: 'parquet' };
  }
}

function sinkOptions(job: Job): FileSinkOptions {
  const common = {
    path: job.out,
    ...(job.partitionBy !== undefined && { partitionBy: job.partitionBy }),
    ...(job.maxRecordsPerFile !== undefined && { maxRecordsPerFile: job.maxRecordsPerFile }),
    ...(job.maxBytesPerFile !== undefined && { maxBytesPerFile: job.maxBytesPerFile }),
    ...(job.manifest !== undefined && { manifest: job.manifest }),
    ...(job.compact !== undefined && { compact: job.compact }),
  };
  switch (job.format) {
    case 'csv':
      return { ...common, format: 'csv', header: true, escape: '"' };
    default:
      return { ...common, format: job.format };
  }
}

/** Batches end after so many rows. */
export function bounded<R, O extends never>(
  definition: SourceDefinition<R, O>,
  rowsPerBatch: number,
): SourceDefinition<R, O> {
  return {
    ...definition,
    open: async (context) => {
      const reader = await definition.open(context);
      const latest = reader.latest.bind(reader);
      reader.latest = (start, limit) =>
        latest(start, limit.all ? limit : { ...limit, rows: Math.min(limit.rows, rowsPerBatch) });
      return reader;
    },
  };
}

function functions(job: Job): (flow: Flow<Row>) => Flow<Row> {
  const check = (id: number): void => {
    if (id === job.throwAt) throw new Error(`planted at the row ${id}`);
  };
  if (job.format === 'text') {
    const idOf = (row: unknown): number => Number.parseInt((row as { value: string }).value, 10);
    return (flow) =>
      flow.pipe(
        filterRows((row) => keeps(idOf(row))),
        mapRows((row) => {
          check(idOf(row));
          return { value: `${(row as unknown as { value: string }).value}|x` };
        }),
      ) as unknown as Flow<Row>;
  }
  const { attempt } = job;
  if (attempt !== undefined) {
    return (flow) =>
      flow.pipe(
        flatMapRows(
          ({ id, amount }) =>
            Array.from({ length: copiesOf(id, attempt) }, () => ({
              id,
              shop: shopOf(id, attempt),
              amount,
              note: `attempt ${attempt}`,
            })),
          { schema },
        ),
      );
  }
  return (flow) =>
    flow.pipe(
      filterRows(({ id }) => keeps(id)),
      mapRows(
        (row) => {
          check(row.id);
          return { ...row, amount: row.amount * 2 };
        },
        { schema },
      ),
    );
}

function failing(sink: ReturnType<typeof fileSinkDefinition>, failAt: Job['failAt']): typeof sink {
  if (failAt === undefined) return sink;
  const { batch: id, when } = failAt;
  return {
    ...sink,
    open: async (context) => {
      const writer = await sink.open(context);
      return {
        write: async (batch) => {
          if (batch.id === id && when === 'before') throw new Error(`planted before batch ${id}`);
          await writer.write(batch);
          if (batch.id === id) throw new Error(`planted after batch ${id}`);
        },
        close: () => writer.close?.(),
      };
    },
  };
}

export interface Built {
  readonly from: Flow<Row>;
  readonly to: Sink;
}

/** The flow and the sink of a job; with `availableNow` it ends when all that is there is done. */
export function build(job: Job, availableNow = true): Built {
  const { chunkBytes, rowsPerBatch } = job;
  const definition = fileSourceDefinition<Row>(
    sourceOptions(job) as FileSourceOptions<Row>,
    chunkBytes === undefined ? {} : { chunkBytes },
  ) as unknown as SourceDefinition<Row, never>;
  const source$ = defineSource(rowsPerBatch === undefined ? definition : bounded(definition, rowsPerBatch));
  const log = checkpoint<Row>(job.checkpoint, job.segmentBytes === undefined ? {} : { segmentBytes: job.segmentBytes });
  const flow$ = functions(job)(source$);
  return {
    from: availableNow ? flow$.pipe(trigger({ availableNow: true }), log) : flow$.pipe(log),
    to: sinkOf(job),
  };
}

function sinkOf({ sinks, ...job }: Job): Sink {
  if (sinks !== undefined) {
    const [a, b] = partsOf(job).map((part) => sinkOf(part)) as [Sink, Sink];
    if (sinks === 'fanOut') return fanOut(a, b);
    const even = (row: unknown): boolean => (row as Row).id % 2 === 0;
    const text = job.format === 'text';
    return text
      ? route<unknown>([
          [(row) => Number.parseInt((row as { value: string }).value, 10) % 2 === 0, a],
          [otherwise, b],
        ])
      : route<unknown>([
          [job.format === 'csv' ? even : 'id % 2 = 0', a],
          [otherwise, b],
        ]);
  }
  return defineSink(failing(faulty(job, fileSinkDefinition(sinkOptions(job))), job.failAt));
}

/** The outputs of a job with several sinks, as jobs. */
export const partsOf = (job: Job): readonly Job[] => ['a', 'b'].map((name) => ({ ...job, out: join(job.out, name) }));
