import { type ColumnFacts, type Condition, mayHold } from '../../../lib/expressions/conditions.js';
import type { Value } from '../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../lib/expressions/vector.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type DataType, type Schema, sameType } from '../../../lib/schema/index.js';
import { decodeText } from '../../../lib/text/index.js';
import { castColumn, findField } from './cast.js';
import { type Footer, type LogicalType, type SchemaNode, type Statistics, physical, undamaged } from './footer.js';

/** What else is known of the file to which a footer belongs. */
export interface FooterContext {
  /** Of each row group. */
  readonly numRows: readonly number[];
  /** The type as which a column of the file is decoded; undefined for one that cannot be. */
  readonly typeOf: (column: string) => DataType | undefined;
  /** Whether its writer gives no bounds of a column that holds NaN. */
  readonly withoutNaN: boolean;
}

/**
 * For each row group, whether it may hold a row that fulfils all conditions: only what the file says for sure is
 * believed. Undefined if the footer is damaged, or says something else of the row groups than what is known.
 */
export function rowGroupsThatMayHold(
  footer: Footer,
  conditions: readonly Condition[],
  file: FooterContext,
): readonly boolean[] | undefined {
  const tests = conditions.flatMap((condition) => {
    const leaf = leafOf(footer.root, condition, file.typeOf);
    return leaf === undefined ? [] : [{ condition, leaf }];
  });
  const wanted = new Set(tests.flatMap(({ leaf }) => (leaf === 'missing' ? [] : leaf.node.ordinal)));
  const groups = undamaged(() => footer.rowGroups(wanted));
  if (groups === undefined || groups.length !== file.numRows.length) return undefined;
  if (groups.some((group, i) => group.numRows !== file.numRows[i])) return undefined;
  return groups.map(({ numRows, statistics }) =>
    tests.every(({ condition, leaf }) => {
      if (leaf === 'missing') return mayHold(condition, allMissing(numRows));
      const found = statistics.get(leaf.node.ordinal);
      if (found === undefined) return true;
      const range = rangeOf(found, leaf, footer, condition.type);
      return mayHold(condition, { ...range, ...countsOf(found, numRows), withoutNaN: file.withoutNaN });
    }),
  );
}

interface Leaf {
  readonly node: SchemaNode;
  /** As which it is decoded. */
  readonly type: DataType;
}

const allMissing = (numRows: number): ColumnFacts => ({ numRows, nullCount: numRows, min: undefined, max: undefined });

/** The column of a file of which a condition speaks; undefined where a row has not one value of it. */
function leafOf(
  root: SchemaNode,
  { column, path }: Condition,
  typeOf: (column: string) => DataType | undefined,
): Leaf | 'missing' | undefined {
  let node = root;
  let type: DataType | undefined;
  for (const name of [column, ...path]) {
    const found = childOf(node, name);
    if (found === undefined) return undefined;
    if (found === 'missing') return found;
    if (found.repeated) return undefined;
    const fields: Schema['fields'] = type?.kind === 'struct' ? type.fields : [];
    type = node === root ? typeOf(found.name) : fields.find((f) => f.name === found.name)?.type;
    node = found;
    if (type === undefined) return undefined;
  }
  return node.ordinal < 0 || type === undefined ? undefined : { node, type };
}

function childOf({ children }: SchemaNode, name: string): SchemaNode | 'missing' | undefined {
  try {
    const at = findField({ fields: children }, name, '');
    if (at === undefined) return 'missing';
    const child = children[at]!;
    return children.some((other) => other !== child && other.name === child.name) ? undefined : child;
  } catch (error) {
    // More than one may be meant, which reading will say.
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

function countsOf({ nullCount }: Statistics, numRows: number): Pick<ColumnFacts, 'numRows' | 'nullCount'> {
  const counted = nullCount !== undefined && nullCount >= 0 && nullCount <= numRows;
  return { numRows, nullCount: counted ? nullCount : undefined };
}

function rangeOf(
  statistics: Statistics,
  { node, type }: Leaf,
  footer: Footer,
  as: DataType,
): Pick<ColumnFacts, 'min' | 'max'> {
  const [min, max] = boundsOf(statistics, node, footer).map((bytes) => {
    const value = bytes && decodeBound(bytes, node, type);
    return value === undefined ? undefined : castBound(value, type, as);
  });
  return { min, max };
}

/** The least and the greatest value, if they are in the order in which the type is compared. */
function boundsOf(
  { min, max, oldMin, oldMax }: Statistics,
  node: SchemaNode,
  footer: Footer,
): readonly [Uint8Array | undefined, Uint8Array | undefined] {
  if (min !== undefined || max !== undefined)
    return footer.isOrdered(node.ordinal) ? [min, max] : [undefined, undefined];
  const { physical: stored, logical } = node;
  // Old writers compared bytes as signed, and numbers as signed whatever their type.
  const signed = stored !== physical.bytes && stored !== physical.fixedBytes;
  return signed && !isUnsigned(logical) ? [oldMin, oldMax] : [undefined, undefined];
}

const isUnsigned = (logical: LogicalType): boolean => logical.kind === 'integer' && !logical.signed;

/** A bound as a value of the type as which the column is decoded; undefined if it does not tell one for sure. */
function decodeBound(bytes: Uint8Array, { physical: stored, logical }: SchemaNode, type: DataType): Value | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (stored) {
    case physical.boolean:
      return bytes.length === 1 && type.kind === 'boolean' && bytes[0]! <= 1 ? bytes[0] === 1 : undefined;
    case physical.int32:
      if (bytes.length !== 4) return undefined;
      return whole(BigInt(isUnsigned(logical) ? view.getUint32(0, true) : view.getInt32(0, true)), logical, type);
    case physical.int64:
      if (bytes.length !== 8) return undefined;
      return whole(isUnsigned(logical) ? view.getBigUint64(0, true) : view.getBigInt64(0, true), logical, type);
    case physical.float:
      return bytes.length === 4 && type.kind === 'float' ? number(view.getFloat32(0, true)) : undefined;
    case physical.double:
      return bytes.length === 8 && type.kind === 'double' ? number(view.getFloat64(0, true)) : undefined;
    case physical.bytes:
    case physical.fixedBytes:
      if (logical.kind === 'decimal') return type.kind === 'decimal' ? bigEndian(bytes) : undefined;
      if (logical.kind !== 'none' && logical.kind !== 'string' && logical.kind !== 'uuid') return undefined;
      if (type.kind === 'string') return decodeText(bytes);
      return type.kind === 'binary' ? bytes : undefined;
    default:
      // INT96 has no order.
      return undefined;
  }
}

/** Some writers give NaN, which says nothing of the others. */
const number = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

const bits: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, int: 32, long: 64 };

function whole(value: bigint, logical: LogicalType, type: DataType): Value | undefined {
  const { kind } = type;
  const size = bits[kind];
  if (size !== undefined) {
    if (logical.kind !== 'none' && logical.kind !== 'integer') return undefined;
    if (BigInt.asIntN(size, value) !== value) return undefined;
    return kind === 'long' ? value : Number(value);
  }
  if (kind === 'date') return logical.kind === 'date' ? Number(value) : undefined;
  if (kind === 'decimal') return logical.kind === 'decimal' || isUnsigned(logical) ? value : undefined;
  if (kind !== 'timestamp' && kind !== 'timestamp_ntz') return undefined;
  if (logical.kind !== 'timestamp') return undefined;
  if (logical.unit === 'micros') return value;
  // What does not fit fails when it is read.
  if (logical.unit === 'millis') return BigInt.asIntN(64, value * 1000n) === value * 1000n ? value * 1000n : undefined;
  // As they are cut when they are read.
  return value / 1000n - (value % 1000n < 0n ? 1n : 0n);
}

/** A two's complement number, the sign first. */
function bigEndian(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0 || bytes.length > 32) return undefined;
  const unsigned = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, unsigned);
}

/** A bound as the reader gives values of the type that is asked for: its casts keep the order. */
function castBound(value: Value, from: DataType, to: DataType): Value | undefined {
  if (sameType(from, to)) return value;
  try {
    return readerOf(castColumn(columnOf(from, [value]), to, { path: '', column: '' }))(0) ?? undefined;
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}
