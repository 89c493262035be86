import {
  type Schema,
  array,
  binary,
  field,
  int,
  long,
  string,
  struct,
  structOf,
  timestamp,
} from '../../../lib/schema/index.js';

/** One header of a record: a key that may come up again, and a value that may be missing. */
export const headerType = struct({ key: string(), value: binary() });
export const headersType = array(headerType);

const columns = [
  field('key', binary()),
  field('value', binary()),
  field('topic', string()),
  field('partition', int()),
  field('offset', long()),
  field('timestamp', timestamp()),
  field('timestampType', int()),
];

/** The columns of records that were read. */
export const recordSchema = (includeHeaders: boolean): Schema =>
  structOf(includeHeaders ? [...columns, field('headers', headersType)] : columns);
