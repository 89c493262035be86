import { defineSink, defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { FileSourceOptions } from '../../connectors/file/options.js';
import { fileSinkDefinition } from '../../connectors/file/sink.js';
import { fileSourceDefinition } from '../../connectors/file/source.js';
import { checkpoint, trigger, where, withColumn } from '../../operators/index.js';
import { faulty } from './faults.js';
import type { Built, Job } from './jobs.js';

/** A query whose files are compressed, lie in partitions, get more columns, and hold records that are malformed. */
export interface EvolvingJob extends Job {
  readonly format: 'csv' | 'json';
  /** Where those go. */
  readonly bad: string;
}

export const isEvolving = (job: Job): job is EvolvingJob => 'bad' in job;

/** The flow and the sink of such a job. A fault is one of the sink of bad records. */
export function buildEvolving(job: EvolvingJob): Built {
  const { format, input, out, bad } = job;
  const badRecords = defineSink(faulty(job, fileSinkDefinition({ format: 'json', path: bad })));
  const options = {
    format,
    path: input,
    name: 'in',
    schema: 'id LONG, amount DOUBLE',
    schemaEvolution: 'addColumns',
    badRecords,
    maxFilesPerTrigger: 2,
    ...(format === 'csv' && { header: true }),
  } as FileSourceOptions;
  const source$ = defineSource(fileSourceDefinition(options, { chunkBytes: 256 }));
  const from = source$.pipe(
    where('id % 7 <> 0'),
    withColumn('amount', 'amount * 2'),
    trigger({ availableNow: true }),
    checkpoint(job.checkpoint, { segmentBytes: 1500 }),
  ) as unknown as Flow<never>;
  const sink = fileSinkDefinition({ format: 'json', path: out, partitionBy: 'shop', compression: 'gzip' });
  return { from, to: defineSink(sink) };
}
