import {
  BytesColumn,
  type Column,
  type FixedColumn,
  ListColumn,
  PlainColumn,
  StructColumn,
  Table,
  columnFrom,
} from '../../../lib/columns/index.js';
import { withTypes } from '../../../lib/columns/infer.js';
import { SluiceError, didYouMean } from '../../../lib/errors/index.js';
import { type DataType, type Schema, formatType, int, string, structOf } from '../../../lib/schema/index.js';
import { type RecordColumns, headersType } from '../records/index.js';

/** What is written of a batch: its records, and the columns that say where to. */
export interface Messages {
  readonly records: RecordColumns;
  /** Null where all rows go to the topic of the option. */
  readonly topic: BytesColumn | null;
  /** Null where no row says its partition. */
  readonly partition: FixedColumn | null;
  readonly length: number;
}

const names = ['value', 'key', 'headers', 'topic', 'partition'] as const;
type Name = (typeof names)[number];

const bytes = ['string', 'binary'];
const whole = ['byte', 'short', 'int'];

const accepted: Readonly<Record<Name, { readonly what: string; readonly fits: (type: DataType) => boolean }>> = {
  value: { what: 'STRING or BINARY', fits: ({ kind }) => bytes.includes(kind) },
  key: { what: 'STRING or BINARY', fits: ({ kind }) => bytes.includes(kind) },
  headers: { what: 'ARRAY<STRUCT<key: STRING, value: BINARY>>', fits: isHeaders },
  topic: { what: 'STRING', fits: ({ kind }) => kind === 'string' },
  partition: { what: 'INT', fits: ({ kind }) => whole.includes(kind) },
};

/**
 * Refuses columns that no messages can be made of: UNKNOWN_COLUMN without `value`, MISSING_OPTION without a topic,
 * SCHEMA_MISMATCH for wrong types. Columns whose type is not known by now are looked at when their values are there.
 */
export function checkColumns(schema: Schema, hasTopic: boolean): void {
  const known = schema.fields.map(({ name }) => name);
  if (!known.includes('value')) {
    const message = `kafkaSink: the column 'value' is required, the content of each message.${didYouMean('value', known)}`;
    throw new SluiceError('UNKNOWN_COLUMN', message, { details: { column: 'value', known } });
  }
  if (!hasTopic && !known.includes('topic')) {
    const message = "kafkaSink: there is neither the option 'topic' nor a column 'topic'. Give one of them.";
    throw new SluiceError('MISSING_OPTION', message, { details: { option: 'topic' } });
  }
  for (const name of names) {
    const type = schema.fields.find((f) => f.name === name)?.type;
    if (type === undefined || isIgnored(name, hasTopic) || type.kind === 'any' || type.kind === 'void') continue;
    const { fits, what } = accepted[name];
    if (fits(type)) continue;
    const found = formatType(type);
    const message = `kafkaSink: the column '${name}' must be of type ${what}, not ${found}. Convert it with select().`;
    throw new SluiceError('SCHEMA_MISMATCH', message, { details: { column: name, accepted: what, found } });
  }
}

const isIgnored = (name: Name, hasTopic: boolean): boolean => name === 'topic' && hasTopic;

/** Columns of a batch as messages that are made at `timestamp`. Throws as `checkColumns`. */
export function messagesOf(table: Table, hasTopic: boolean, timestamp: number): Messages {
  checkColumns(table.schema, hasTopic);
  const has = (name: Name): boolean => table.schema.fields.some((f) => f.name === name) && !isIgnored(name, hasTopic);
  const typed = withKnownTypes(table.select(names.filter(has)));
  checkColumns(typed.schema, hasTopic);
  const column = (name: Name): Column | null => (has(name) ? typed.column(name) : null);
  const bytesOf = (name: Name): BytesColumn | null => {
    const found = column(name);
    return found instanceof BytesColumn ? found : null;
  };
  const headers = column('headers');
  return {
    records: {
      key: bytesOf('key'),
      value: bytesOf('value'),
      headers: headers instanceof ListColumn ? inOrder(headers) : null,
      timestamp,
    },
    topic: has('topic') ? (bytesOf('topic') ?? missing(table.numRows)) : null,
    partition: column('partition') as FixedColumn | null,
    length: table.numRows,
  };
}

/** Columns of plain values, with types: those of `topic` and `partition` are known, the others are found. */
function withKnownTypes(table: Table): Table {
  const columns = table.columns.map((column, i) => {
    if (!(column instanceof PlainColumn)) return column;
    const { name } = table.schema.fields[i]!;
    if (name === 'topic') return columnFrom(string(), column.values, name);
    return name === 'partition' ? columnFrom(int(), column.values, name) : column;
  });
  const fields = table.schema.fields.map((f, i) => ({ ...f, type: columns[i]!.type }));
  return withTypes(new Table(structOf(fields), columns, table.numRows));
}

const missing = (rows: number): BytesColumn =>
  columnFrom(string(), new Array<null>(rows).fill(null), 'topic') as BytesColumn;

/** Fields may come in any order, and values as texts. */
function isHeaders(type: DataType): boolean {
  if (type.kind !== 'array') return false;
  if (type.element.kind === 'void') return true;
  if (type.element.kind !== 'struct' || type.element.fields.length !== 2) return false;
  return type.element.fields.every(({ name, type: { kind } }) =>
    name === 'key' ? kind === 'string' : name === 'value' && (bytes.includes(kind) || kind === 'void'),
  );
}

/** The key of each header first. Null where no row has one. */
function inOrder(headers: ListColumn): ListColumn | null {
  const { child } = headers;
  if (!(child instanceof StructColumn) || child.type.kind !== 'struct') return null;
  if (child.type.fields[0]!.name === 'key') return headers;
  const [value, key] = child.children as [Column, Column];
  const swapped = new StructColumn(headersType.element, child.length, [key, value], child);
  return new ListColumn(headersType, headers.offsets, swapped, headers);
}
