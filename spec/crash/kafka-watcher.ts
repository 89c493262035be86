/**
 * A process that reads the input and the output of a query all along, as any consumer of committed records does, and
 * answers what is wrong with them. Its first argument is a `Watched` as JSON; it is asked over its channel to the parent.
 */
import { writeFileSync } from 'node:fs';
import type { Batch } from 'kafkajs';
import { kafkaThatFilters } from './kafka-filter.js';
import { Ledger, keyOf, lineOf } from './kafka-ledger.js';

export interface Watched {
  readonly brokers: readonly string[];
  /** A topic; without one what goes in is told by `wanted`. */
  readonly input?: string;
  readonly output: string;
}

export type Question = { readonly id: number } & (
  | { readonly ask: 'wanted'; readonly from: number; readonly to: number }
  /** With `all`, after everything that was written so far was read. */
  | { readonly ask: 'complaint'; readonly tag: string; readonly part: 'some' | 'all' }
  /** Answers when everything that was written so far was read: no transaction in it is open any more. */
  | { readonly ask: 'everything' }
  /** Writes what went in so far to a file, as lines `key,id`. */
  | { readonly ask: 'write'; readonly file: string }
);

export interface Answer {
  readonly id: number;
  readonly complaint?: string;
  /** How many rows have to come out, and how many came with the tag. */
  readonly wanted: number;
  readonly found: number;
}

const { Kafka, logLevel } = kafkaThatFilters();
const endKey = 'end';
const { brokers, input, output } = JSON.parse(process.argv[2]!) as Watched;
const topics = input === undefined ? [output] : [input, output];
const ledger = new Ledger();
const retry = { retries: 1000, initialRetryTime: 50, maxRetryTime: 500 };
const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry, requestTimeout: 5000 });

/** A client that gets nothing for so many milliseconds may have died with its broker: there is another one then. */
const patience = 10_000;
let consumers = 0;

/** Reads on, with a consumer that begins anew: what it is given again was taken. */
async function consume(): Promise<void> {
  const consumer = kafka.consumer({
    groupId: `watcher-${process.pid}-${consumers++}`,
    maxWaitTimeInMs: 50,
    sessionTimeout: 6000,
    rebalanceTimeout: 6000,
    heartbeatInterval: 1000,
    metadataMaxAge: 2000,
    retry,
  });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => take(batch) });
}

let taken = 0;
/** Where each partition is read from next: after a fault a consumer is given again what it had. */
const next = new Map<string, number>();
/** The last mark that was read of each partition. */
const marks = new Map<string, number>();

function take(batch: Batch): void {
  const partition = `${batch.topic} ${batch.partition}`;
  const from = next.get(partition) ?? 0;
  taken++;
  for (const { offset, key, value } of batch.messages) {
    if (Number(offset) < from) continue;
    const name = key === null ? null : String(key);
    if (name === endKey) marks.set(partition, Number(value));
    else if (batch.topic === output) ledger.out(name, String(value));
    else ledger.in(name, String(value));
  }
  next.set(partition, Math.max(from, Number(batch.messages.at(-1)?.offset ?? -1) + 1));
}

/** Marks the ends of all partitions. Their names. With clients of its own: those that are there may have died. */
async function marked(mark: number): Promise<string[]> {
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  const partitions: string[] = [];
  for (const topic of topics) {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
    const ids = found[0]!.partitions.map(({ partitionId }) => partitionId);
    // One at a time: what kafkajs sends to several brokers at once may be lost when one of them dies.
    for (const partition of ids) {
      await producer.send({ topic, messages: [{ partition, key: endKey, value: String(mark) }] });
      partitions.push(`${topic} ${partition}`);
    }
  }
  void Promise.allSettled([admin.disconnect(), producer.disconnect()]);
  return partitions;
}

/** Waits until everything that was written before was read. */
async function everything(mark: number): Promise<void> {
  let partitions: string[] | undefined;
  while (partitions === undefined) {
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience));
    partitions = await Promise.race([marked(mark).catch(() => undefined), late]);
  }
  const isBehind = (): boolean => partitions.some((each) => (marks.get(each) ?? -1) < mark);
  for (let lastTaken = taken, since = Date.now(); isBehind(); await new Promise((go) => setTimeout(go, 10))) {
    if (taken > lastTaken) [lastTaken, since] = [taken, Date.now()];
    if (Date.now() - since < patience) continue;
    since = Date.now();
    void consume();
  }
}

async function answer(question: Question): Promise<Answer> {
  let complaint: string | undefined;
  let found = 0;
  if (question.ask === 'wanted') {
    for (let id = question.from; id < question.to; id++) ledger.in(keyOf(id), lineOf(id));
  } else if (question.ask === 'complaint') {
    if (question.part === 'all') await everything(question.id);
    complaint = ledger.complaint(question.tag, question.part);
    found = ledger.rowsOf(question.tag);
  } else if (question.ask === 'everything') await everything(question.id);
  else {
    writeFileSync(question.file, [...ledger.lines()].join(''));
  }
  return { id: question.id, wanted: ledger.rows, found, ...(complaint !== undefined && { complaint }) };
}

await consume();
process.on('message', (question: Question) => {
  void answer(question).then((given) => process.send!(given));
});
process.on('disconnect', () => process.exit());
process.send!({ id: 0, wanted: 0, found: 0 } satisfies Answer);
