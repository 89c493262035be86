import { Table } from '../../../lib/columns/index.js';
import { type Parsed, size, wholeNumber } from '../../../lib/options/index.js';
import { type Schema, structOf } from '../../../lib/schema/index.js';
import type { RecordDecoder, SchemaInference } from '../format.js';
import type { FileFacts } from './listing.js';
import type { OpenFile } from './open-file.js';

/** How much is read to find out the columns, where no schema is given. Not in Spark, which reads everything. */
export const inferenceOptions = {
  /** Of a schema that is inferred: how many files are looked at, of those there are when the query first finds some. */
  inferenceMaxFiles: wholeNumber({ min: 1 }, 1000),
  /** Of a schema that is inferred: how many bytes of these files are looked at, to the next megabyte. */
  inferenceMaxBytes: size('256m'),
};

/** The schema of files that come in their order until there is none; undefined if there is nothing in them. */
export async function inferSchema(
  inference: SchemaInference,
  fileAt: (n: number) => FileFacts | undefined,
  open: (file: FileFacts, decoder: () => RecordDecoder) => Promise<OpenFile>,
  { inferenceMaxFiles, inferenceMaxBytes }: Parsed<typeof inferenceOptions>,
): Promise<Schema | undefined> {
  let bytes = inferenceMaxBytes;
  for (let n = 0; !inference.done; n++) {
    const file = fileAt(n);
    if (file === undefined) break;
    // Files without a record tell nothing.
    if ((n >= inferenceMaxFiles || bytes <= 0) && inference.schema() !== undefined) break;
    const opened = await open(file, () => scanner(inference));
    try {
      const piece = await opened.read({ from: 0, rows: 1, bytes: Math.max(bytes, 1) });
      bytes -= piece.bytes;
    } finally {
      await opened.close();
    }
  }
  return inference.schema();
}

/** A decoder that gives no rows, and has enough of them when there is nothing more to find out. */
function scanner(inference: SchemaInference): RecordDecoder {
  const file = inference.nextFile();
  return {
    decode: (bytes, place, last) => file.decode(bytes, place, last),
    take: () => Table.empty(structOf([])),
    get numRows() {
      return inference.done ? 1 : 0;
    },
    malformed: 0,
  };
}
