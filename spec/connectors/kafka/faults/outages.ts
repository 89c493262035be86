import { setTimeout as pause } from 'node:timers/promises';
import { atCall } from '../../../crash/kafka-calls.js';
import type { KafkaLab } from '../../../crash/kafka-lab.js';
import { EnduringQuery } from './enduring.js';

/** The phases of a batch, by the call that stands for each, and the how many-th of them is late enough. */
export const phases = {
  'before it is planned': { call: 'metadata', when: 'before', nth: 3 },
  'while it is read': { call: 'fetch', when: 'during', nth: 4 },
  'before it is written': { call: 'addPartitions', when: 'before', nth: 3 },
  'while it is written': { call: 'produce', when: 'during', nth: 4 },
  'while it is committed': { call: 'endTransaction', when: 'during', nth: 3 },
  'when it was committed': { call: 'endTransaction', when: 'after', nth: 3 },
  'while its offsets are shown to the group': { call: 'commitOffsets', when: 'during', nth: 2 },
} as const;
export type Phase = keyof typeof phases;

/**
 * Kills all brokers in that phase of a batch, and starts them after so many milliseconds. What is wrong then: the query
 * has to go on, with every row once and in order.
 */
export async function outage(lab: KafkaLab, phase: Phase, millis: number, dir: string): Promise<string | undefined> {
  let broken: Promise<void> | undefined;
  const undo = atCall(phases[phase], () => {
    const killed = lab.cluster.kill();
    broken = killed.then(() => pause(millis)).then(() => lab.cluster.start());
    return killed;
  });
  try {
    const running = await EnduringQuery.start(lab, dir);
    await running.add(1500);
    while (broken === undefined && running.query.isActive) await pause(20);
    await broken;
    await running.add(300);
    return await running.complaint();
  } finally {
    undo();
    await broken;
  }
}

/** Each of three brokers is stopped in order and started again, or killed, while rows come: leaders and coordinators move. */
export async function rolling(lab: KafkaLab, how: 'stop' | 'kill', dir: string): Promise<string | undefined> {
  const running = await EnduringQuery.start(lab, dir);
  let over = false;
  const adding = async (): Promise<void> => {
    while (!over) {
      await running.add(200);
      await pause(100);
    }
  };
  const breaking = async (): Promise<void> => {
    for (const node of lab.cluster.nodes) {
      await lab.cluster[how]([node]);
      await lab.cluster.start([node]);
    }
    over = true;
  };
  await Promise.all([adding(), breaking()]);
  return running.complaint();
}
