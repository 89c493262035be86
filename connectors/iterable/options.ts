import { type Duration, duration, nonEmptyText, parseOptions, schema, wholeNumber } from '../../lib/options/index.js';
import type { SchemaLike } from '../../lib/schema/index.js';

export interface FromIterableOptions<Row> {
  /** How many rows a batch holds at most, and how many are read before they are asked for. Default 1,000. */
  readonly maxRows?: number;
  /** A batch starts at the latest so long after its first row came. Default 0: as soon as the query is free. */
  readonly maxDelay?: Duration;
  /** The types of the rows. Without it sinks that need types take them from the values. */
  readonly schema?: SchemaLike<Row>;
  /** The name under which the source is kept in the checkpoint. Default `iterable`. */
  readonly name?: string;
}

export function parseFromIterable<Row>(options: FromIterableOptions<Row>) {
  const spec = {
    maxRows: wholeNumber({ min: 1 }, 1000),
    maxDelay: duration(0),
    schema: schema<Row>(),
    name: nonEmptyText(),
  };
  const { name = 'iterable', ...rest } = parseOptions('fromIterable', options, spec);
  return { ...rest, name };
}
