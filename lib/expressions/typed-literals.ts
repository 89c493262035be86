import { parseDate, parseTimestamp, parseTimestampNtz, zoneOf } from '../datetime/index.js';
import type { DataType } from '../schema/index.js';
import { invalid } from './errors.js';
import type { Value } from './values.js';

/**
 * The value of `DATE '…'` or `TIMESTAMP '…'`; without a zone in the text that of the session counts. Of Spark's special
 * values only `epoch` is one: `now`, `today` and the like would be others when a batch is replayed.
 */
export function typedLiteral(type: DataType, text: string, zone: string): Value {
  const word = text.trim().toLowerCase();
  if (word === 'epoch') return type.kind === 'date' ? 0 : 0n;
  const value = valueOf(type, text, zone);
  if (value !== undefined) return value;
  if (['now', 'today', 'tomorrow', 'yesterday'].includes(word)) {
    throw invalid('INVALID_TYPED_LITERAL', `'${text}' is no constant here: use current_date() or current_timestamp().`);
  }
  throw invalid(
    'INVALID_TYPED_LITERAL',
    `'${text}' is no ${type.kind.toUpperCase()}; write it as in ${examples[type.kind]}.`,
  );
}

function valueOf(type: DataType, text: string, zone: string): Value | undefined {
  switch (type.kind) {
    case 'date':
      return parseDate(text);
    case 'timestamp':
      return parseTimestamp(text, zoneOf(zone));
    default:
      return parseTimestampNtz(text);
  }
}

const examples: Readonly<Record<string, string>> = {
  date: "DATE '2024-02-29'",
  timestamp: "TIMESTAMP '2024-02-29 10:11:12.5'",
  timestamp_ntz: "TIMESTAMP_NTZ '2024-02-29 10:11:12.5'",
};
