/**
 * How fast record batches are read and written, without a broker: a million messages of about 100 bytes with keys, as
 * kafkajs does it and as we do. Seconds are of the processor, the best of five.
 *
 *   npx tsx scripts/kafka/records-speed.ts [codec]
 */
import { createRequire } from 'node:module';
import { RecordReader, RecordRows, codecNames, encodeBatch } from '../../connectors/kafka/records/index.js';
import { type BytesColumn, columnFrom } from '../../lib/columns/index.js';
import { binary } from '../../lib/schema/index.js';

const codec = codecNames.find((name) => name === process.argv[2]) ?? 'none';
const messages = 1_000_000;
const perBatch = 10_000;

const text = (i: number): string => JSON.stringify({ id: i, shop: `shop-${i % 1000}`, pad: 'x'.repeat(55) });
const values = Array.from({ length: perBatch }, (_, i) => Buffer.from(text(i)));
const keys = Array.from({ length: perBatch }, (_, i) => Buffer.from(`k${i % 1000}`));

async function best(act: () => Promise<void>): Promise<string> {
  let micros = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let done = 0; done < messages; done += perBatch) await act();
    const { user, system } = process.cpuUsage(before);
    micros = Math.min(micros, user + system);
  }
  return `${(messages / micros).toFixed(2)}M messages/s`;
}

const settings = { compression: codec, maxBytes: 16 << 20, topic: 'speed', producer: null };
const rows = Int32Array.from(values.keys());
const columns = {
  key: columnFrom(binary(), keys) as BytesColumn,
  value: columnFrom(binary(), values) as BytesColumn,
  headers: null,
  timestamp: Date.now(),
};
const { bytes } = await encodeBatch(columns, rows, 0, settings);
const fetched = { topic: 't', partition: 0, bytes, from: 0, until: perBatch, aborted: [] };

console.log(`${codec}, ${(bytes.length / perBatch).toFixed(0)} bytes a message`);
console.log(
  'read: ',
  await best(async () => {
    const read = new RecordRows(false);
    await new RecordReader(fetched).readInto(read, 1 << 30);
    if (read.build().numRows !== perBatch) throw new Error('rows are missing');
  }),
);
console.log('write:', await best(async () => void (await encodeBatch(columns, rows, 0, settings))));

if (codec === 'none' || codec === 'gzip') {
  const require = createRequire(import.meta.url);
  const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: unknown) => Promise<unknown>;
  const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => unknown;
  console.log('read by kafkajs, no checksum:', await best(async () => void (await decode(new Decoder(bytes)))));
}
