import type { Column } from '../../../../lib/columns/index.js';
import { type Schema, structOf } from '../../../../lib/schema/index.js';
import { decodeChunk } from './chunk.js';
import { type FlatFooter, parseFooter } from './footer.js';
import { type FlatColumn, columnsOf } from './schema.js';
import { expect } from './unusual.js';

/** A part of a file that can be read. */
interface Readable {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/**
 * A Parquet file whose columns are not nested, decoded here: parquet-wasm and apache-arrow take longer to load than
 * most files take to be read. What is not decoded here is left to them: types, encodings and codecs that are rare, and
 * all that looks damaged.
 */
export class FlatFile {
  readonly schema: Schema;

  private constructor(
    readonly footer: FlatFooter,
    private readonly columns: readonly FlatColumn[],
  ) {
    this.schema = structOf(columns.map(({ field }) => field));
  }

  /** A file with that footer; undefined for one that is not for us. */
  static of(footer: Uint8Array): FlatFile | undefined {
    return unlessUnusual(() => {
      const parsed = parseFooter(footer);
      const columns = columnsOf(parsed);
      for (const { chunks } of parsed.rowGroups) expect(chunks.length === columns.length, 'columns without chunks');
      return new FlatFile(parsed, columns);
    });
  }

  /** Rows of a column in one row group; undefined where that is not for us. Throws only what reading `source` does. */
  async read(source: Readable, rowGroup: number, name: string, from: number, to: number): Promise<Column | undefined> {
    const index = this.columns.findIndex(({ field }) => field.name === name);
    const { numRows, chunks } = this.footer.rowGroups[rowGroup]!;
    const chunk = chunks[index]!;
    const end = chunk.from + chunk.compressed;
    if (chunk.numValues !== numRows || end > source.size) return undefined;
    const bytes = Buffer.from(await source.slice(chunk.from, end).arrayBuffer());
    return unlessUnusual(() => decodeChunk(this.columns[index]!, chunk, bytes, from, to));
  }
}

/** Codecs, Thrift and buffers have their own errors: any of them says that this is not for us. */
function unlessUnusual<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
