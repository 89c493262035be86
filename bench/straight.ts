import { closeSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordDecoder, RecordEncoder } from '../connectors/file/format.js';
import { CsvDecoder, CsvEncoder } from '../connectors/file/csv/index.js';
import { csvReadOptions, csvWriteOptions } from '../connectors/file/csv/index.js';
import { jsonDecoder } from '../connectors/file/json/decoder.js';
import { jsonReadOptions } from '../lib/formats/json/options.js';
import { encodeParquet, openParquet } from '../connectors/file/parquet/index.js';
import { FixedColumn, Table, bitmapBytes, setBit, validityOf } from '../lib/columns/index.js';
import { parseOptions } from '../lib/options/index.js';
import { double, field, structOf } from '../lib/schema/index.js';
import { csvFormat, ordersSchema } from './data.js';

/**
 * The loop that a good engineer would write with the same decoders and encoders, when nothing has to be survived:
 * read a chunk, decode it, encode what was decoded, write it; sync at the end. No batches, no log, no promises but
 * those of the Parquet reader.
 */
export interface StraightJob {
  readonly from: 'csv' | 'json' | 'parquet';
  readonly to: 'csv' | 'parquet';
  readonly input: string;
  readonly outputDir: string;
  /** The columns to read; all if not given. */
  readonly columns?: readonly string[] | undefined;
  /** Keep the orders above 100, with a total, and no more columns than `filteredColumns`. */
  readonly filtered?: boolean | undefined;
}

/** What is read to be filtered, and what is written of it. */
export const filterInputs = ['id', 'shop', 'amount', 'qty', 'at', 'note'] as const;
export const filteredColumns = ['id', 'shop', 'total', 'at', 'note'] as const;

const chunkBytes = 1 << 20;

/** Input that makes one Parquet file, so that a file of any size can be read; records are written a chunk at a time. */
const bytesPerParquetFile = 32 << 20;

export async function runStraight(job: StraightJob): Promise<number> {
  const output = job.to === 'csv' ? new CsvOutput(job.outputDir) : new ParquetOutput(job.outputDir);
  const rows = job.from === 'parquet' ? await readParquet(job, output) : readRecords(job, output);
  output.close();
  return rows;
}

interface Output {
  readonly takesEvery: number;
  add(table: Table): void;
  close(): void;
}

function readRecords({ from, input, columns, filtered }: StraightJob, output: Output): number {
  const decoder = decoderOf(from, columns);
  const fd = openSync(input, 'r');
  const { size } = statSync(input);
  let chunk = Buffer.allocUnsafe(2 * chunkBytes);
  let kept = 0;
  let position = 0;
  let sinceTaken = 0;
  let rows = 0;
  for (let at = 0; at < size;) {
    if (kept + chunkBytes > chunk.length) chunk = Buffer.concat([chunk], 2 * chunk.length);
    const count = readSync(fd, chunk, kept, chunkBytes, at);
    at += count;
    const bytes = chunk.subarray(0, kept + count);
    const taken = decoder.decode(bytes, { path: input, position }, at === size);
    position += taken;
    bytes.copyWithin(0, taken);
    kept = bytes.length - taken;
    sinceTaken += count;
    if (sinceTaken < output.takesEvery && at < size) continue;
    const table = filtered === true ? aboveHundred(decoder.take()) : decoder.take();
    rows += table.numRows;
    output.add(table);
    sinceTaken = 0;
  }
  closeSync(fd);
  return rows;
}

/** By hand: the rows first, then each column that is wanted of them. */
function aboveHundred(table: Table): Table {
  const amount = table.column('amount') as FixedColumn;
  const qty = table.column('qty') as FixedColumn;
  const rows = new Int32Array(table.numRows);
  let n = 0;
  for (let i = 0; i < rows.length; i++) if (amount.isValid(i) && (amount.values[i] as number) > 100) rows[n++] = i;
  const kept = rows.subarray(0, n);
  const totals = new Float64Array(n);
  const valid = new Uint8Array(bitmapBytes(n));
  for (let k = 0; k < n; k++) {
    const i = kept[k]!;
    if (!qty.isValid(i)) continue;
    setBit(valid, k);
    totals[k] = (amount.values[i] as number) * (qty.values[i] as number);
  }
  const total = new FixedColumn(double(), totals, validityOf(valid, n));
  const fields = filteredColumns.map((name) => field(name, name === 'total' ? double() : table.column(name).type));
  const columns = filteredColumns.map((name) => (name === 'total' ? total : table.column(name).gather(kept)));
  return new Table(structOf(fields), columns, n);
}

function decoderOf(from: string, wanted: readonly string[] | undefined): RecordDecoder {
  const columns = wanted ?? ordersSchema.fields.map((f) => f.name);
  const request = { schema: ordersSchema, columns, atStart: true };
  return from === 'csv'
    ? new CsvDecoder(request, parseOptions('bench', csvFormat, csvReadOptions))
    : jsonDecoder(parseOptions('bench', {}, jsonReadOptions), request);
}

async function readParquet({ input }: StraightJob, output: Output): Promise<number> {
  const file = await openParquet(input);
  let rows = 0;
  for (let rowGroup = 0; rowGroup < file.rowGroups.length; rowGroup++) {
    const table = await file.read({ rowGroup, columns: ordersSchema.fields });
    rows += table.numRows;
    output.add(table);
  }
  await file.close();
  return rows;
}

class CsvOutput implements Output {
  readonly takesEvery = chunkBytes;
  private readonly fd: number;
  private encoder: RecordEncoder | undefined;

  constructor(dir: string) {
    this.fd = openSync(join(dir, 'out.csv'), 'w');
  }

  add(table: Table): void {
    if (this.encoder === undefined) {
      const options = parseOptions('bench', { header: true, escape: '"' }, csvWriteOptions);
      this.encoder = new CsvEncoder(table.schema, options);
      writeSync(this.fd, this.encoder.start());
    }
    writeSync(this.fd, this.encoder.encode(table));
  }

  close(): void {
    fsyncSync(this.fd);
    closeSync(this.fd);
  }
}

class ParquetOutput implements Output {
  readonly takesEvery = bytesPerParquetFile;
  private readonly fds: number[] = [];

  constructor(private readonly dir: string) {}

  add(table: Table): void {
    const fd = openSync(join(this.dir, `out-${this.fds.length}.parquet`), 'w');
    this.fds.push(fd);
    writeSync(fd, encodeParquet([table]));
  }

  close(): void {
    for (const fd of this.fds) {
      fsyncSync(fd);
      closeSync(fd);
    }
  }
}
