import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CsvDecoder } from '../connectors/file/csv/index.js';
import { encodeParquet } from '../connectors/file/parquet/index.js';
import { csvReadOptions } from '../connectors/file/csv/index.js';
import type { Table } from '../lib/columns/index.js';
import { parseOptions } from '../lib/options/index.js';
import { type Schema, parseDdl } from '../lib/schema/index.js';
import { cacheDir } from './places.js';

/** Orders: numbers, instants, short texts of few values and of many, and in one of a hundred rows quotes and line ends. */
export const ordersDdl =
  'id LONG, shop STRING, amount DOUBLE, qty INT, at TIMESTAMP, paid BOOLEAN, city STRING, note STRING';
export const ordersSchema: Schema = parseDdl(ordersDdl);

/** RFC 4180, as most programs write it. */
export const csvFormat = { header: true, multiLine: true, escape: '"' } as const;

const shops = Array.from({ length: 1000 }, (_, i) => `shop-${i}`);
const cities = ['Oslo', 'Köln', 'New York', 'Paris', 'São Paulo'];

interface Order {
  readonly id: number;
  readonly shop: string;
  readonly amount: number;
  readonly qty: number;
  readonly at: string;
  readonly paid: boolean;
  readonly city: string;
  readonly note: string | null;
}

/** The same orders each time. */
export function* orders(count: number): Generator<Order> {
  let seed = 12345;
  const random = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x80000000;
  };
  const note = (i: number): string | null => {
    if (i % 100 === 0) return '"said "hi", then\nleft"';
    return i % 10 === 0 ? null : `note ${i % 977}`;
  };
  for (let i = 0; i < count; i++) {
    yield {
      id: i,
      shop: shops[Math.floor(random() * shops.length)]!,
      amount: Math.round(random() * 20_000) / 100,
      qty: Math.floor(random() * 10),
      at: new Date(1.7e12 + i * 250).toISOString(),
      paid: random() < 0.5,
      city: cities[Math.floor(random() * cities.length)]!,
      note: note(i),
    };
  }
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const csvHeader = 'id,shop,amount,qty,at,paid,city,note\n';

export const csvLine = (o: Order): string =>
  `${o.id},${o.shop},${o.amount.toFixed(2)},${o.qty},${o.at},${o.paid},${o.city},${o.note === null ? '' : quoted(o.note)}\n`;

/** Writes what `texts` yields, in large pieces. The file appears whole. */
export function writeTexts(path: string, texts: Iterable<string>): void {
  const fd = openSync(`${path}.tmp`, 'w');
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < 1 << 20) continue;
    writeSync(fd, piece);
    piece = '';
  }
  writeSync(fd, piece);
  closeSync(fd);
  renameSync(`${path}.tmp`, path);
}

export function* csvLines(count: number): Generator<string> {
  yield csvHeader;
  for (const order of orders(count)) yield csvLine(order);
}

function* jsonLines(count: number): Generator<string> {
  for (const order of orders(count)) yield `${JSON.stringify(order)}\n`;
}

/** The orders as a table. */
export function ordersTable(count: number): Table {
  const options = parseOptions('bench', { ...csvFormat, header: false }, csvReadOptions);
  const columns = ordersSchema.fields.map((f) => f.name);
  const decoder = new CsvDecoder({ schema: ordersSchema, columns, atStart: true }, options);
  const text = Buffer.from([...orders(count)].map(csvLine).join(''));
  decoder.decode(text, { path: 'orders', position: 0 }, true);
  return decoder.take();
}

export type InputFormat = 'csv' | 'json' | 'parquet';

/** The file of so many orders, made when it is first asked for and kept for later runs. */
export function ordersFile(format: InputFormat, count: number): string {
  const dir = join(cacheDir, 'data');
  const path = join(dir, `orders-${count}.${format}`);
  if (existsSync(path)) return path;
  mkdirSync(dir, { recursive: true });
  if (format === 'csv') writeTexts(path, csvLines(count));
  else if (format === 'json') writeTexts(path, jsonLines(count));
  else {
    const fd = openSync(`${path}.tmp`, 'w');
    writeSync(fd, encodeParquet([ordersTable(count)]));
    closeSync(fd);
    renameSync(`${path}.tmp`, path);
  }
  return path;
}
