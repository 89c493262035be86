import type * as Arrow from 'apache-arrow';
import { arrow } from '../../../lib/columns/arrow.js';
import { withLeaves } from './leaves.js';

/** The rows with instants in milliseconds, cut downwards as Spark cuts them. Times without a zone stay as they are. */
export function inMillis(batch: Arrow.RecordBatch): Arrow.RecordBatch {
  const { RecordBatch, Schema, Struct, TimestampMillisecond } = arrow();
  const fields = withLeaves(batch.schema.fields, (type) => (isInstant(type) ? new TimestampMillisecond('UTC') : type));
  return new RecordBatch(new Schema(fields), dataAs(batch.data, new Struct(fields)) as never);
}

const isInstant = (type: Arrow.DataType): boolean => arrow().DataType.isTimestamp(type) && type.timezone != null;

function dataAs(data: Arrow.Data, type: Arrow.DataType): Arrow.Data {
  if (isInstant(type)) {
    const { length, nullCount, nullBitmap } = data;
    const values = BigInt64Array.from(data.values as BigInt64Array, (micros) => (micros - modulo(micros)) / 1000n);
    return arrow().makeData({ type, length, nullCount, nullBitmap, data: values } as never);
  }
  const children = data.children.map((child, i) => dataAs(child, type.children[i]!.type as Arrow.DataType));
  return data.clone(type, data.offset, data.length, data.nullCount, data as never, children);
}

const modulo = (micros: bigint): bigint => ((micros % 1000n) + 1000n) % 1000n;
