import { SluiceError } from '../../lib/errors/index.js';
import { type Parsed, size } from '../../lib/options/index.js';
import { type Schema, formatDdl, parseDdl } from '../../lib/schema/index.js';

/** How files are read as they are, a row a file; those of no bytes are passed over, as in Spark. */
export const binaryReadOptions = {
  /** The largest file that is accepted where its content is needed, in bytes; RECORD_TOO_LARGE. Not in Spark. */
  maxRecordBytes: size('256m'),
};

export type BinaryReadOptions = Parsed<typeof binaryReadOptions>;

/** The columns, as Spark has them: `path` is a URL, `file:/data/a.png`. */
export const binarySchema: Schema = parseDdl('path STRING, modificationTime TIMESTAMP, length LONG, content BINARY');

/** Throws INVALID_SCHEMA for other columns. */
export function checkBinarySchema(schema: Schema): void {
  const [wanted, given] = [formatDdl(binarySchema), formatDdl(schema)];
  if (wanted === given) return;
  const message = `The columns of binaryFile are '${wanted}', not '${given}'. Leave the schema out.`;
  throw new SluiceError('INVALID_SCHEMA', message, { details: { schema: given } });
}
