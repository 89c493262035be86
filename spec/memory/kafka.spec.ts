import { join } from 'node:path';
import { casesIn } from '../../bench/memory/cases.js';
import { brokerMillis, describeKafka } from '../helpers/kafka.js';

/** A short form of bench/memory.ts. */
describeKafka()('memory, with Kafka', () => {
  const cases = casesIn(join(__dirname, '../..'));

  it(
    'is bounded with a backlog of 400 MB behind a sink that takes little',
    async () => {
      const { samples, written, backlog } = await cases.kafka(400, 10);
      // Batches come and go by 100 MB, so growth says little in such a short time: the long form looks at it. Without
      // a bound for what is read ahead all of the backlog would be in memory after a few seconds.
      expect(Math.max(...samples)).toBeLessThan(450e6);
      expect(written).toBeGreaterThan(0);
      expect(written).toBeLessThan(backlog);
    },
    brokerMillis,
  );
});
