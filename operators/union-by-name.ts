import type { Observable } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { unknownColumn } from '../lib/columns/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { commonType } from '../lib/expressions/coerce.js';
import { type Expression, call } from '../lib/expressions/tree.js';
import { Flow, planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { flag, parseOptions } from '../lib/options/index.js';
import { type PlanNode, settingsOf } from '../lib/plan/index.js';
import {
  type DataType,
  type Field,
  type Schema,
  type StructType,
  fieldNamed,
  formatDdl,
  sameType,
  simpleString,
  structOf,
} from '../lib/schema/index.js';
import { columnOperator } from './columns/node.js';
import type { SelectItem } from './columns/stages.js';
import { union } from './union.js';

export interface UnionByNameOptions {
  /**
   * Whether a column, or a field of a struct, may be missing on one side: there it is null. The columns that only the
   * other flow has come last. Default false.
   */
  allowMissingColumns?: boolean;
}

const spec = { allowMissingColumns: flag(false) };

/**
 * Puts the rows of two flows into one, like `union`, but matches columns by name, whatever their order and case. The
 * first flow's names and order count. Columns of two types get the type that Spark's `UNION` gives them: INT and LONG
 * become LONG.
 *
 * Throws, when it is put on: SCHEMA_REQUIRED where the columns of a flow are not known, UNKNOWN_COLUMN where one is
 * missing, and SCHEMA_MISMATCH where two types have nothing in common or one side has more columns than the other.
 *
 * @example
 * ```ts
 * v1$.pipe(unionByName(v2$, { allowMissingColumns: true }));
 * ```
 */
export function unionByName<Row, Other>(
  other: Observable<MicroBatch<Other>>,
  options: UnionByNameOptions = {},
): FlowOperator<Row, Row & Other> {
  const { allowMissingColumns } = parseOptions('unionByName', options, spec);
  return (source) => {
    const [first, second] = [source, other].map((flow) => planOf(flow as never)) as [PlanNode, PlanNode];
    const left = knownSchema(first);
    const right = knownSchema(second);
    const ansi = settingsOf(first).ansi;
    const both = allowMissingColumns ? mergeFields(left, right, ansi) : sameFields(left, right, ansi);
    const flows = [aligned(first, left, both), aligned(second, right, both)] as const;
    return flows[0].pipe(union(flows[1])) as unknown as Flow<Row & Other>;
  };
}

function knownSchema({ op, schema }: PlanNode): Schema {
  if (schema !== undefined) return schema;
  const message = `unionByName: the columns of ${op} are not known before it runs. Give it a schema.`;
  throw new SluiceError('SCHEMA_REQUIRED', message, { details: { operator: op } });
}

/** The columns of both, which have to have the same ones. */
function sameFields(left: Schema, right: Schema, ansi: boolean): Schema {
  const fields = left.fields.map((f) => {
    const twin = fieldNamed(right, f.name);
    if (twin === undefined) throw unknownColumn(f.name, right);
    return { ...f, type: widened(f.name, f.type, twin.type, ansi), nullable: f.nullable || twin.nullable };
  });
  if (right.fields.length === fields.length) return structOf(fields);
  const message =
    `unionByName: the flows have different columns: (${formatDdl(left)}) and (${formatDdl(right)}). ` +
    'With allowMissingColumns those that are missing are null.';
  throw new SluiceError('SCHEMA_MISMATCH', message);
}

/** The columns of the first, then those that only the other has; fields of structs alike. */
function mergeFields(left: StructType, right: StructType, ansi: boolean): Schema {
  const shared = left.fields.map((f) => {
    const twin = fieldNamed(right, f.name);
    if (twin === undefined) return { ...f, nullable: true };
    const nested = f.type.kind === 'struct' && twin.type.kind === 'struct' && !sameType(f.type, twin.type);
    const type = nested ? mergeFields(f.type, twin.type, ansi) : widened(f.name, f.type, twin.type, ansi);
    return { ...f, type, nullable: f.nullable || twin.nullable };
  });
  const added = right.fields.filter((f) => fieldNamed(left, f.name) === undefined);
  return structOf([...shared, ...added.map((f) => ({ ...f, nullable: true }))]);
}

function widened(name: string, a: DataType, b: DataType, ansi: boolean): DataType {
  const type = sameType(a, b) ? a : commonType(a, b, ansi);
  if (type !== undefined) return type;
  const message = `unionByName: the column '${name}' is ${simpleString(a).toUpperCase()} in one flow and ${simpleString(b).toUpperCase()} in the other.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { column: name } });
}

/** The flow with exactly these columns. */
function aligned(input: PlanNode, from: Schema, to: Schema): Flow<unknown> {
  const flow = new Flow<unknown>(input);
  const isSame =
    from.fields.length === to.fields.length &&
    to.fields.every((f, i) => f.name === from.fields[i]!.name && sameType(f.type, from.fields[i]!.type));
  if (isSame) return flow;
  const items = to.fields.map((f): SelectItem => ({
    tree: {
      kind: 'alias',
      names: [f.name],
      child: valueOf(fieldNamed(from, f.name), f.type, (name) => [name]),
    },
  }));
  return columnOperator<unknown, unknown>({ op: 'select', items })(flow);
}

/** What gives a column, or a field of one, in the type that it is to have. */
function valueOf(found: Field | undefined, type: DataType, path: (name: string) => readonly string[]): Expression {
  if (found === undefined) return { kind: 'cast', child: none, type, mode: 'cast' };
  const name: Expression = { kind: 'name', parts: path(found.name) };
  if (sameType(found.type, type)) return name;
  if (found.type.kind !== 'struct' || type.kind !== 'struct') {
    return { kind: 'cast', child: name, type, mode: 'cast' };
  }
  const inner = found.type;
  const fields = type.fields.flatMap((f): Expression[] => [
    { kind: 'literal', type: { kind: 'string' }, value: f.name },
    valueOf(fieldNamed(inner, f.name), f.type, (field) => [...path(found.name), field]),
  ]);
  return call('if', [call('isnull', [name]), none, call('named_struct', fields)]);
}

const none: Expression = { kind: 'literal', type: { kind: 'void' }, value: null };
