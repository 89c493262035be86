import { brokerMillis, describeKafka } from '../helpers/kafka.js';
import { draw } from './enumerate.js';
import type { KafkaFaultPlanted } from './kafka-calls.js';
import { type KafkaLabs, killKafka } from './kafka-cases.js';
import { type KafkaShape, kafkaShapes } from './kafka.js';
import { KafkaLab } from './kafka-lab.js';
import { SmallKafka } from './kafka-moments.js';
import { crashLab } from './lab.js';

/** `npm run test:crash -- kafka` kills each more than seventy times, and at every moment. */
const short = { kills: 4, rows: 8000, rowsPerSecond: 1500, brokerKills: 0, life: 1000 };

const lab = crashLab();

describeKafka()('from and to Kafka, killed', () => {
  let kafka: KafkaLab;
  const labs = (): KafkaLabs => ({ random: lab.random, judge: lab.judge, program: lab.program, kafka });

  beforeAll(async () => {
    kafka = await KafkaLab.start();
  }, brokerMillis);
  afterAll(() => kafka?.close(), brokerMillis);

  it.each<[KafkaShape, number]>(kafkaShapes.map((shape) => [shape, shape === 'kafka to kafka' ? 1 : 0]))(
    '%s: each row is there once, in the order of its key',
    async (shape, brokerKills) => {
      const result = await killKafka(labs(), { ...short, shape, brokerKills });
      expect(result.complaint).toBeUndefined();
      expect(result.kills).toBe(short.kills);
      expect(result.brokerKills).toBe(brokerKills);
      expect(result.rows).toBeGreaterThanOrEqual(short.rows);
    },
    brokerMillis,
  );

  it(
    'a moment before, during or after a durable step or a call of the client',
    async () => {
      const small = await SmallKafka.create(labs());
      for (const moment of draw(lab.random, await small.moments(), 5)) {
        expect((await small.crashAt(moment)).complaint).toBeUndefined();
      }
      await small.remove();
    },
    brokerMillis,
  );

  it.each<[KafkaFaultPlanted, RegExp]>([
    ['losesCommit', /are missing/],
    ['losesToken', /[1-9]\d* are twice/],
  ])(
    'a fault is seen: %s',
    async (fault, symptom) => {
      const faulty = { ...short, shape: 'kafka to kafka', kills: 60, fault } as const;
      expect((await killKafka(labs(), faulty)).complaint).toMatch(symptom);
    },
    brokerMillis,
  );
});
