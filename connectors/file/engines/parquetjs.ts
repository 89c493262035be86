import { SluiceError } from '../../../lib/errors/index.js';
import { type DataType, type Schema, formatType } from '../../../lib/schema/index.js';
import { enginePackage } from './package.js';

/** What is used of parquetjs-lite. */
export interface ParquetJs {
  readonly ParquetSchema: new (fields: Readonly<Record<string, ParquetJsField>>) => object;
  readonly ParquetEnvelopeWriter: new (
    schema: object,
    write: (bytes: Buffer) => unknown,
    close: () => void,
    offset: number,
    options: object,
  ) => { readonly rowCount: number; writeFooter(metadata: object): void };
  readonly ParquetWriter: new (
    schema: object,
    envelope: object,
    options: object,
  ) => {
    rowBuffer: object;
    setRowGroupSize(rows: number): void;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
  };
  readonly ParquetEnvelopeReader: new (
    read: (offset: number, length: number) => Promise<Buffer>,
    close: () => void,
    size: number,
  ) => object;
  readonly ParquetReader: {
    openEnvelopeReader(envelope: object, options: object): Promise<ParquetJsReader>;
  };
}

export interface ParquetJsReader {
  readonly metadata: {
    readonly row_groups: readonly { readonly columns: readonly { readonly meta_data: ParquetJsColumn }[] }[];
  };
  readonly schema: { readonly fields: Readonly<Record<string, { originalType?: string; primitiveType?: string }>> };
  getCursor(columns: readonly string[]): {
    rowGroupIndex: number;
    nextRowGroup(): Promise<Readonly<Record<string, unknown>>[]>;
  };
}

interface ParquetJsColumn {
  readonly path_in_schema: readonly string[];
  /** As the format numbers them. */
  readonly encodings: readonly number[];
  readonly codec: number;
}

interface ParquetJsField {
  readonly type: string;
  readonly compression: string;
  readonly optional: true;
  readonly statistics: false;
}

export const parquetJs = (): ParquetJs => enginePackage('parquetjs-lite') as ParquetJs;

/** The types that it writes as they are, under its names. */
export const parquetJsTypes: Partial<Record<DataType['kind'], string>> = {
  boolean: 'BOOLEAN',
  byte: 'INT_8',
  short: 'INT_16',
  int: 'INT32',
  long: 'INT64',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP_MICROS',
  string: 'UTF8',
  binary: 'BYTE_ARRAY',
};

/** Of timestamps it reads those in microseconds without these, and those in milliseconds not at all. */
const readKinds = Object.keys(parquetJsTypes).filter((kind) => kind !== 'timestamp');

/** Names that it loses, moves to the front, or takes for paths. */
const unusableName = /^(?:__proto__|\d+)$|,/;

/** Throws INVALID_SCHEMA for columns that it would not read or write as they are, besides MISSING_PACKAGE. */
export function checkParquetJsSchema(schema: Schema, what: 'read' | 'written'): void {
  parquetJs();
  const kinds = what === 'read' ? readKinds : Object.keys(parquetJsTypes);
  for (const { name, type } of schema.fields) {
    if (kinds.includes(type.kind) && !unusableName.test(name)) continue;
    const message = `Column '${name}' of type ${formatType(type)} cannot be ${what} by parquetjs-lite without being changed. Leave \`engine\` out.`;
    throw new SluiceError('INVALID_SCHEMA', message, { details: { column: name, engine: 'parquetjs-lite' } });
  }
}
