import { Table } from '../../../lib/columns/index.js';
import { type Condition, mayHold } from '../../../lib/expressions/conditions.js';
import type { Value } from '../../../lib/expressions/values.js';
import { repeated } from '../../../lib/expressions/vector.js';
import { type Field, structOf } from '../../../lib/schema/index.js';
import type { FileFacts } from './listing.js';
import type { OpenFile, Piece } from './open-file.js';
import { shapedFile } from './shaped-file.js';

/** A value of a partition column. */
export interface PartitionValue {
  readonly field: Field;
  readonly value: Value;
}

/** Adds the columns of its partitions to what is read of a file. `fields`: all that are wanted, in order. */
export const withPartitions = (file: OpenFile, values: readonly PartitionValue[], fields: readonly Field[]): OpenFile =>
  shapedFile(file, (table) => {
    const columns = fields.map((f) => {
      const partition = values.find(({ field }) => field.name === f.name);
      return partition === undefined ? table.column(f.name) : repeated(f.type, partition.value, table.numRows);
    });
    return new Table(structOf(fields), columns, table.numRows);
  });

/** Whether rows with these values may fulfil what is asked of them. */
export function mayMatter(values: readonly PartitionValue[], conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => {
    const partition = values.find(({ field }) => field.name === condition.column);
    if (partition === undefined) return true;
    const { value } = partition;
    const facts = {
      numRows: 1,
      nullCount: value === null ? 1 : 0,
      min: value ?? undefined,
      max: value ?? undefined,
      withoutNaN: !Number.isNaN(value),
    };
    // The largest of several values that are NaN is not known.
    return Number.isNaN(value) || mayHold(condition, facts);
  });
}

/** A file no row of which matters. It is not even opened. */
export class PassedOver implements OpenFile {
  constructor(readonly facts: FileFacts) {}

  read(): Promise<Piece> {
    const position = this.facts.size;
    return Promise.resolve({ tables: [], position, atEnd: true, bytes: 0, malformed: 0, skipped: 0 });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
