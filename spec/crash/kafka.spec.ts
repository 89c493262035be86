import { Random } from '../../lib/testing/random.js';
import { brokerMillis, describeKafka } from '../helpers/kafka.js';
import { draw } from './enumerate.js';
import type { CallMoment, KafkaFaultPlanted } from './kafka-calls.js';
import { type KafkaKilled, type KafkaLabs, killKafka } from './kafka-cases.js';
import { kafkaShapes } from './kafka.js';
import { KafkaLab } from './kafka-lab.js';
import { SmallKafka } from './kafka-moments.js';
import { crashLab } from './lab.js';

/** `npm run test:crash -- kafka` kills each more than seventy times, and at every moment. */
const short = { kills: 4, rows: 8000, rowsPerSecond: 1500, brokerKills: 0, life: 1000 };

const lab = crashLab();

function expectOnce({ complaint, kills, brokerKills, rows }: KafkaKilled, wantedBrokerKills: number): void {
  expect(complaint).toBeUndefined();
  expect([kills, brokerKills]).toEqual([short.kills, wantedBrokerKills]);
  expect(rows).toBeGreaterThanOrEqual(short.rows);
}

describeKafka()('from and to Kafka, killed', () => {
  let kafka: KafkaLab;
  /** They mostly wait, so they go side by side: each draws what it draws from a seed of its own. */
  const labs = (): KafkaLabs => {
    const random = new Random(lab.random.int(1, 1e9));
    return { random, judge: lab.judge, program: lab.program, kafka };
  };

  beforeAll(async () => {
    kafka = await KafkaLab.start();
  }, brokerMillis);
  afterAll(() => kafka?.close(), brokerMillis);

  it.concurrent.each(kafkaShapes)(
    '%s: each row is there once, in the order of its key',
    async (shape) => expectOnce(await killKafka(labs(), { ...short, shape }), 0),
    brokerMillis,
  );

  it.concurrent(
    'a moment before, during or after a durable step or a call of the client',
    async () => {
      const own = labs();
      const small = await SmallKafka.create(own);
      for (const moment of draw(own.random, await small.moments(), 5)) {
        expect((await small.crashAt(moment)).complaint).toBeUndefined();
      }
      await small.remove();
    },
    brokerMillis,
  );

  it.concurrent.each<[KafkaFaultPlanted, CallMoment, RegExp]>([
    // The next batch would be in the same transaction, and commit what was lost.
    ['losesCommit', { call: 'endTransaction', when: 'before', nth: 4 }, /are missing/],
    ['losesToken', { call: 'endTransaction', when: 'after', nth: 2 }, /[1-9]\d* are twice/],
  ])(
    'a fault is seen: %s',
    async (fault, at, symptom) => {
      const faulty = { ...short, shape: 'kafka to kafka', kills: 60, fault, at } as const;
      expect((await killKafka(labs(), faulty)).complaint).toMatch(symptom);
    },
    brokerMillis,
  );
});

// A broker that is alone forgets, when it is killed and starts again, to end transactions in topics that it does not
// know yet: those of others, too, and nobody reads beyond them ever after.
describeKafka()('from Kafka to Kafka, killed, on three brokers', () => {
  let kafka: KafkaLab;

  beforeAll(async () => {
    kafka = await KafkaLab.start(3);
  }, brokerMillis);
  afterAll(() => kafka?.close(), brokerMillis);

  it(
    'each row is there once, in the order of its key, though a broker is killed as well',
    async () => {
      const { random, judge, program } = lab;
      const killing = { ...short, shape: 'kafka to kafka', brokerKills: 1 } as const;
      expectOnce(await killKafka({ random, judge, program, kafka }, killing), 1);
    },
    brokerMillis,
  );
});
