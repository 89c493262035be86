import type * as Arrow from 'apache-arrow';
import { arrow } from '../../../lib/columns/arrow.js';

/** The fields with other types of their leaves, which come in the order in which a Parquet file has them. */
export function withLeaves(
  fields: readonly Arrow.Field[],
  leaf: (type: Arrow.DataType) => Arrow.DataType,
): Arrow.Field[] {
  return fields.map((f) => f.clone({ type: withLeavesOf(f.type as Arrow.DataType, leaf) }));
}

function withLeavesOf(type: Arrow.DataType, leaf: (type: Arrow.DataType) => Arrow.DataType): Arrow.DataType {
  const { DataType, FixedSizeList, LargeList, List, Map_, Struct } = arrow();
  const children = (): Arrow.Field[] => withLeaves(type.children as readonly Arrow.Field[], leaf);
  if (DataType.isStruct(type)) return new Struct(children());
  if (DataType.isList(type)) return new List(children()[0]!);
  if (DataType.isLargeList(type)) return new LargeList(children()[0]!);
  if (DataType.isFixedSizeList(type)) return new FixedSizeList(type.listSize, children()[0]!);
  if (DataType.isMap(type)) return new Map_(children()[0]! as never, type.keysSorted);
  return leaf(type);
}
