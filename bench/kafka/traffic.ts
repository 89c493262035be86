import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import { clientOf, producerSettings } from './bare.js';
import type { Places, ReadTask } from './child.js';
import { document, idAndSent, microsNow, userOf } from './messages.js';

/** What goes into the measured programs and comes out of them, in processes of their own and by kafkajs. */

export const perSecond = 5000;
const tickMillis = 5;
/** Twelve seconds, in which the programs get warm. */
export const warmUp = 12 * perSecond;

/** So many messages of 100 bytes at 5,000 a second, each with the time at which it was made. */
export async function send({ topic, messages }: ReadTask, { brokers }: Places) {
  const producer = clientOf(brokers).producer(producerSettings);
  await producer.connect();
  const start = performance.now();
  const sends: Promise<unknown>[] = [];
  for (let sent = 0; sent < messages; await sleep(tickMillis)) {
    const due = Math.min(messages, Math.floor(((performance.now() - start) / 1000) * perSecond));
    const now = microsNow();
    const batch = [];
    for (; sent < due; sent++) batch.push({ key: userOf(sent), value: document(sent, 100, now) });
    if (batch.length > 0) sends.push(producer.send({ topic, acks: -1, messages: batch }));
  }
  await Promise.all(sends);
  await producer.disconnect();
  return { seconds: (performance.now() - start) / 1000 };
}

/** Reads what is committed until every message is there, and says how long those after the warm-up took. */
export async function collect(task: ReadTask, { brokers }: Places) {
  const latencies: number[] = [];
  const seconds = await readAll(task.topic, task.messages, brokers, (id, sent) => {
    if (id >= warmUp) latencies.push((microsNow() - sent) / 1000);
  });
  return { seconds, latencies: latencies.sort((a, b) => a - b) };
}

/** Whether a topic has every message once. */
export async function check({ topic, messages }: ReadTask, { brokers }: Places) {
  return { seconds: await readAll(topic, messages, brokers, () => undefined) };
}

async function readAll(
  topic: string,
  messages: number,
  brokers: readonly string[],
  seen: (id: number, sent: number) => void,
): Promise<number> {
  const consumer = clientOf(brokers).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  consumer.on(consumer.events.GROUP_JOIN, () => console.log('ready'));
  const there = new Uint8Array(messages);
  const start = performance.now();
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    const take = ({ batch }: EachBatchPayload): void => {
      for (const { value } of batch.messages) {
        const [id, sent] = idAndSent(value!);
        if (there[id] !== 0) return reject(new Error(`message ${id} is in ${topic} twice, or is none of ours`));
        there[id] = 1;
        count++;
        seen(id, sent);
      }
      if (count === messages) resolve();
    };
    void consumer.run({ autoCommit: false, eachBatch: async (payload) => take(payload) });
  });
  await consumer.disconnect();
  return (performance.now() - start) / 1000;
}
