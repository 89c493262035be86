import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codecNames, partitionsOfKeys } from '../../../../connectors/kafka/records/index.js';
import { type BytesColumn, columnFrom } from '../../../../lib/columns/index.js';
import { string } from '../../../../lib/schema/index.js';
import { jars } from '../../../../scripts/kafka/cache.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { type Message, batchOf, bytesOf, expectedRows, message, rowsOf } from './batches.js';

const run = promisify(execFile);

async function java(...args: string[]): Promise<string> {
  const classes = join(await jars(), '*');
  const options = ['-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classes];
  return (await run('java', [...options, join(__dirname, 'RecordBatches.java'), ...args])).stdout;
}

describeKafka()('record batches and the Java client', () => {
  const dir = tempDir();

  it(
    'reads what Java has written, with each codec',
    async () => {
      mkdirSync(join(dir, 'theirs'));
      await java('write', join(dir, 'theirs'));
      const all = Array.from({ length: 3000 }, (_, i): Message => ({
        key: i % 2 === 0 ? bytesOf(`key ${i}`) : null,
        value: i % 5 === 4 ? null : bytesOf(`value ${i}`),
        headers:
          i % 3 === 0
            ? [
                { key: 'h', value: bytesOf('1') },
                { key: 'h', value: null },
              ]
            : null,
        timestamp: 1_700_000_000_000 + i * 7,
      }));
      for (const codec of codecNames) {
        expect(await rowsOf(readFileSync(join(dir, 'theirs', codec)))).toEqual(expectedRows(all, 100));
      }
    },
    brokerMillis,
  );

  it(
    'writes what Java reads, with each codec',
    async () => {
      const all = Array.from({ length: 2000 }, (_, i) =>
        message(`value ${i}`, {
          key: i % 2 === 0 ? null : bytesOf(`key${i}`),
          headers:
            i % 3 === 0
              ? [
                  { key: 'h', value: null },
                  { key: 'h', value: bytesOf(`${i}`) },
                ]
              : null,
          timestamp: 1_700_000_000_000 - i,
        }),
      );
      const producer = { id: 77n, epoch: 3, baseSequence: 12, isTransactional: true };
      const files: string[] = [];
      for (const compression of codecNames) {
        files.push(join(dir, compression));
        writeFileSync(files.at(-1)!, await batchOf(all, { compression, producer }));
      }
      const lines = all.map((m, i) => {
        const [key, value] = [m.key, m.value].map((bytes) => (bytes === null ? 'null' : String(Buffer.from(bytes))));
        return `${i} ${m.timestamp} ${key} ${value} ${i % 3 === 0 ? `h:null,h:${i}` : ''}`;
      });
      const expected = codecNames.flatMap((codec) => [`${codec} 1999 1700000000000 77 3 12 true`, ...lines]);
      expect((await java('read', ...files)).split('\n')).toEqual([...expected, '']);
    },
    brokerMillis,
  );

  it(
    'chooses the partitions that Java chooses',
    async () => {
      const keys = Array.from({ length: 200 }, (_, i) => `key-${'x'.repeat(i % 9)}${i}-ü`);
      const theirs = (await java('partition', ...keys)).trim().split('\n').map(Number);
      expect([...partitionsOfKeys(columnFrom(string(), keys) as BytesColumn, 7)]).toEqual(theirs);
    },
    brokerMillis,
  );
});
