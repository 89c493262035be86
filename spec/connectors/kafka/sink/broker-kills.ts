import type { Random } from '../../../../lib/testing/random.js';
import { until } from '../../../helpers/until.js';
import { Ledger, keeps, keyOf, lineOf } from '../../../crash/kafka-ledger.js';
import { KafkaLab } from '../../../crash/kafka-lab.js';
import { SinkRun } from './sink-run.js';
import { Topics } from './topics.js';

export interface AfterKills {
  readonly rows: number;
  readonly batches: number;
  readonly retries: number;
  /** Transactions that were given up and written again. */
  readonly redone: number;
  /** What a consumer of committed records finds missing, twice or in another order. */
  readonly complaint: string | undefined;
}

const tag = 'rows';

/** So many batches are written between two kills: a broker that has just come back does not have every row yet. */
const between = 5;

/**
 * Three brokers, each row on all of them, of which two have to have it; one after the other is killed (-9) and comes
 * back, while batches are written as fast as it goes. Then everything is read back.
 */
export async function killBrokers(kills: number, random: Random): Promise<AfterKills> {
  const lab = await KafkaLab.start(3);
  const topic = await lab.topic('out');
  const run = new SinkRun({ bootstrapServers: lab.brokers, topic, kafka: { requestTimeout: '5 seconds' } }, 'query');
  const counts = { rows: 0, batches: 0, retries: 0, redone: 0 };
  const ledger = new Ledger();
  let over = false;
  const writing = async (): Promise<void> => {
    for (let from = 0; !over; counts.batches++) {
      const to = random.int(from + 1, from + 600);
      const ids = Array.from({ length: to - from }, (_, i) => from + i);
      for (const id of ids) ledger.in(keyOf(id), lineOf(id));
      const rows = ids.filter(keeps).map((id) => ({ key: keyOf(id), value: `${tag}|${lineOf(id)}` }));
      await run.write(counts.batches, rows);
      counts.rows += rows.length;
      counts.retries += Number(run.metrics.retries);
      counts.redone += Number(run.metrics.redone);
      from = to;
    }
  };
  const killing = async (): Promise<void> => {
    try {
      for (let n = 0; n < kills && !over; n++) {
        const enough = counts.batches + between;
        await until(() => over || counts.batches >= enough, 60_000);
        const node = random.int(0, 2);
        await pause(random.int(0, 1000));
        await lab.cluster.kill([node]);
        await pause(random.int(0, 2000));
        await lab.cluster.start([node]);
      }
    } finally {
      over = true;
    }
  };
  try {
    await Promise.all([writing(), killing()]);
    for (const { key, value } of await new Topics(lab.brokers).read(topic)) ledger.out(key, value!);
    return { ...counts, complaint: ledger.complaint(tag, 'all') };
  } finally {
    over = true;
    await run.end();
    await lab.close();
  }
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
