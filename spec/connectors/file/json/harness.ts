import { jsonDecoder } from '../../../../connectors/file/json/decoder.js';
import { jsonEncoder } from '../../../../connectors/file/json/encoder.js';
import { jsonReadOptions, jsonWriteOptions } from '../../../../lib/formats/json/options.js';
import type { RecordDecoder } from '../../../../connectors/file/format.js';
import { Table } from '../../../../lib/columns/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';

export interface Setup {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly columns?: readonly string[];
  readonly atStart?: boolean;
}

export function decoderOf(ddl: string, { options, columns, atStart = true }: Setup = {}): RecordDecoder {
  const schema = parseDdl(ddl);
  const names = columns ?? schema.fields.map((f) => f.name);
  return jsonDecoder(parseOptions('json', options, jsonReadOptions), { schema, columns: names, atStart });
}

/** Feeds bytes as a source does: what was not taken is put in front of what follows. */
export function feed(decoder: RecordDecoder, bytes: Uint8Array, cuts: readonly number[] = []): void {
  let from = 0;
  let pending = 0;
  for (const cut of [...cuts, bytes.length]) {
    const to = Math.min(bytes.length, Math.max(pending, cut));
    from += decoder.decode(bytes.subarray(from, to), { path: 'orders.json', position: from }, to === bytes.length);
    pending = to;
    if (to === bytes.length) return;
  }
}

export function rowsOf(ddl: string, data: string | Uint8Array, setup: Setup = {}, cuts: readonly number[] = []) {
  const decoder = decoderOf(ddl, setup);
  feed(decoder, typeof data === 'string' ? Buffer.from(data) : data, cuts);
  return decoder.take().toRows();
}

export function encoded(
  ddl: string,
  rows: readonly unknown[],
  options: Readonly<Record<string, unknown>> = {},
): string {
  const encoder = jsonEncoder(parseOptions('json', options, jsonWriteOptions));
  return Buffer.from(encoder.encode(Table.fromRows(rows, parseDdl(ddl)))).toString();
}

export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}
