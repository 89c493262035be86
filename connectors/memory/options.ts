import { nonEmptyText, parseOptions, schema } from '../../lib/options/index.js';
import type { SchemaLike } from '../../lib/schema/index.js';

export interface MemorySourceOptions<Row> {
  /** The types of the rows. With it `addData` refuses what does not fit; without it rows are taken as they are. */
  readonly schema?: SchemaLike<Row>;
  /** The name under which the source is kept in the checkpoint. Default `memory`. */
  readonly name?: string;
}

export interface MemorySinkOptions {
  /** The name of the memory table that holds the rows. Default: the query's name, and no table if it has none. */
  readonly queryName?: string;
}

export function parseMemorySource<Row>(options: MemorySourceOptions<Row>) {
  const spec = { schema: schema<Row>(), name: nonEmptyText() };
  const { name = 'memory', ...rest } = parseOptions('memorySource', options, spec);
  return { ...rest, name };
}

export function parseMemorySink(options: MemorySinkOptions) {
  return parseOptions('memorySink', options, { queryName: nonEmptyText() });
}
