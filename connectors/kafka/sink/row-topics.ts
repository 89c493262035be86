import type { BytesColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';

/** The topics of a batch, and which of them each row goes to. */
export class RowTopics {
  private constructor(
    readonly names: readonly string[],
    /** Null: all rows have the first. */
    private readonly ofRow: Int32Array | null,
  ) {}

  static all(name: string): RowTopics {
    return new RowTopics([name], null);
  }

  /** Throws TYPE_MISMATCH for a row without a topic. */
  static from(column: BytesColumn): RowTopics {
    const { bytes, length, offsets } = column;
    const names: string[] = [];
    const places = new Map<string, number>();
    const ofRow = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      if (!column.isValid(i)) throw missing(i);
      // Most rows have the topic of the row before: then there is no text to be made.
      if (i > 0 && isSame(bytes, offsets[i - 1]!, offsets[i]!, offsets[i + 1]!)) {
        ofRow[i] = ofRow[i - 1]!;
        continue;
      }
      const name = column.get(i) as string;
      const place = places.get(name) ?? names.push(name) - 1;
      places.set(name, place);
      ofRow[i] = place;
    }
    return new RowTopics(names, names.length === 1 ? null : ofRow);
  }

  /** A place in `names`. */
  of(row: number): number {
    return this.ofRow === null ? 0 : this.ofRow[row]!;
  }
}

/** Whether `bytes[a, b)` and `bytes[b, end)` are alike. */
function isSame(bytes: Uint8Array, a: number, b: number, end: number): boolean {
  const length = b - a;
  if (end - b !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

function missing(row: number): SluiceError {
  const message = `kafkaSink: row ${row} has no topic. Give each row one, or the option 'topic'.`;
  const details = { row, column: 'topic', condition: 'KAFKA_NULL_TOPIC_IN_DATA' };
  return new SluiceError('TYPE_MISMATCH', message, { details });
}
