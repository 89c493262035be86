import { isUtf8 } from 'node:buffer';
import { CsvDecoder, CsvEncoder, csvReadOptions, csvWriteOptions } from '../../../../connectors/file/csv/index.js';
import { BytesColumn, type Column, Table } from '../../../../lib/columns/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { type SchemaLike, toSchema } from '../../../../lib/schema/index.js';

export interface DecodeSettings {
  readonly schema: SchemaLike;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly columns?: readonly string[];
  readonly atStart?: boolean;
  /** Where the document is cut into pieces; bytes that were not consumed are given again, as a source gives them. */
  readonly cuts?: readonly number[];
}

export const readOptions = (given: Readonly<Record<string, unknown>> = {}) =>
  parseOptions('fileSource', given, csvReadOptions);

export const decoderOf = ({ schema, options, columns, atStart = true }: DecodeSettings): CsvDecoder => {
  const struct = toSchema(schema);
  return new CsvDecoder(
    { schema: struct, columns: columns ?? struct.fields.map((f) => f.name), atStart },
    readOptions(options),
  );
};

export interface Decoded {
  readonly table: Table;
  /** Rows as lists. */
  readonly rows: unknown[][];
  readonly malformed: number;
}

export function decode(document: string | Uint8Array, settings: DecodeSettings): Decoded {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  const decoder = decoderOf(settings);
  let consumed = 0;
  for (const cut of [...(settings.cuts ?? []), bytes.length]) {
    // A copy of its own: nothing but what was given may be looked at.
    const piece = Uint8Array.prototype.slice.call(bytes, consumed, cut);
    consumed += decoder.decode(piece, { path: 'in.csv', position: consumed }, cut === bytes.length);
  }
  expect(consumed).toBe(bytes.length);
  const { numRows } = decoder;
  const table = decoder.take();
  expect(table.numRows).toBe(numRows);
  for (const column of table.columns) expect(holdsText(column)).toBe(true);
  return { table, rows: listsOf(table), malformed: decoder.malformed };
}

/** Whether the strings of a column are UTF-8, each by itself, as Arrow wants them. */
function holdsText(column: Column): boolean {
  if (!(column instanceof BytesColumn) || column.type.kind !== 'string') return true;
  const { bytes, offsets, length } = column;
  for (let i = 0; i < length; i++) if (!isUtf8(bytes.subarray(offsets[i], offsets[i + 1]))) return false;
  return true;
}

export const listsOf = (table: Table): unknown[][] =>
  Array.from({ length: table.numRows }, (_, i) => table.columns.map((c) => c.get(i)));

/** The values of one column of a document that has no other. */
export const values = (type: string, lines: readonly string[], options = {}): unknown[] =>
  decode(lines.join('\n'), { schema: `v ${type}`, options }).rows.map(([v]) => v);

export function encode(
  schema: SchemaLike,
  rows: readonly unknown[][],
  options: Readonly<Record<string, unknown>> = {},
): string {
  const struct = toSchema(schema);
  const encoder = new CsvEncoder(struct, parseOptions('fileSink', options, csvWriteOptions));
  const objects = rows.map((row) => Object.fromEntries(row.map((v, i) => [struct.fields[i]!.name, v])));
  return Buffer.concat([encoder.start(), encoder.encode(Table.fromRows(objects, struct))]).toString();
}
