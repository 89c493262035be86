import { fileSourceDefinition } from '../../connectors/file/source.js';
import { fileSink } from '../../connectors/file/index.js';
import { kafkaSink } from '../../connectors/kafka/sink.js';
import { kafkaSource } from '../../connectors/kafka/source.js';
import { type Sink, type SourceDefinition, defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { StartOptions } from '../../lib/query/index.js';
import { checkpoint, selectExpr, trigger, where } from '../../operators/index.js';
import { bounded } from './jobs.js';
import { type CallMoment, type KafkaFaultPlanted, dieAtCall, plantFault } from './kafka-calls.js';

export const kafkaShapes = ['kafka to kafka', 'kafka to files', 'files to kafka'] as const;
export type KafkaShape = (typeof kafkaShapes)[number];

/** One query from a topic or files to a topic or files. JSON, so that a child process can be told. */
export interface KafkaJob {
  readonly kafka: KafkaShape;
  readonly brokers: readonly string[];
  /** A topic or a directory. */
  readonly input: string;
  readonly output: string;
  /** What the values in the output begin with. */
  readonly tag: string;
  readonly checkpoint: string;
  readonly rowsPerBatch: number;
  /** A client that finds out sooner that nobody answers. */
  readonly impatient?: boolean;
  /** Goes on until it is killed; without it, it ends when all that is there is done. */
  readonly endless?: boolean;
  /** The process dies at this call of the client of the brokers. */
  readonly dieAt?: CallMoment;
  readonly fault?: KafkaFaultPlanted | undefined;
}

export const isKafka = (job: object): job is KafkaJob => 'kafka' in job;

/** What `startQuery` is given for such a job. */
export function kafka(job: KafkaJob): StartOptions<never> {
  if (job.fault !== undefined) plantFault(job.fault);
  if (job.dieAt !== undefined) dieAtCall(job.dieAt);
  const log = checkpoint<never>(job.checkpoint, { segmentBytes: 4000 });
  const rows$ = sourceOf(job).pipe(
    where("contains(line, '|') AND CAST(split_part(line, '|', 1) AS LONG) % 7 <> 0"),
    selectExpr('key', `concat('${job.tag}|', line) AS value`),
  ) as unknown as Flow<never>;
  const sink = job.kafka === 'kafka to files' ? fileSink({ format: 'json', path: job.output }) : toKafka(job);
  return {
    from: job.endless === true ? rows$.pipe(log) : rows$.pipe(trigger({ availableNow: true }), log),
    to: sink,
  };
}

const impatience = { kafka: { requestTimeout: '2 seconds', connectionTimeout: '2 seconds' } } as const;

const toKafka = ({ brokers, output, impatient }: KafkaJob): Sink =>
  kafkaSink({
    bootstrapServers: brokers,
    topic: output,
    transactionTimeout: '20 seconds',
    ...(impatient === true && impatience),
  });

function sourceOf({ kafka: shape, brokers, input, rowsPerBatch, impatient }: KafkaJob): Flow<unknown> {
  if (shape === 'files to kafka') {
    const definition = fileSourceDefinition(
      { format: 'json', path: input, schema: 'key STRING, line STRING', name: 'in', maxFilesPerTrigger: 1 },
      { chunkBytes: 4096 },
    ) as SourceDefinition<unknown, never>;
    return defineSource(bounded(definition, rowsPerBatch));
  }
  return kafkaSource({
    bootstrapServers: brokers,
    subscribe: input,
    startingOffsets: 'earliest',
    maxOffsetsPerTrigger: rowsPerBatch,
    name: 'in',
    ...(impatient === true && impatience),
  }).pipe(selectExpr('CAST(key AS STRING) AS key', 'CAST(value AS STRING) AS line'));
}
