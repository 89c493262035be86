import type { BytesColumn, Column } from '../../columns/index.js';
import { failed, type ExpressionError } from '../../expressions/errors.js';
import { type ArrayType, type MapType, type StructType, formatType, structOf } from '../../schema/index.js';
import { StructWriter } from '../scan/nested-writers.js';
import type { TimeReader } from '../scan/times.js';
import { repairedText } from '../scan/utf8.js';
import { columnWriter } from '../scan/column-writer.js';
import type { BytesWriter, ColumnWriter } from '../scan/writers.js';
import { BLANK, JsonReader } from './reader.js';
import { BROKEN, type JsonRules, OK, PARTIAL, type Status, isNumberStart } from './scalars.js';
import { Fields, type Target, targetOf } from './target.js';

export interface DocumentOptions extends Omit<JsonRules, 'exactText'> {
  /** Fail at a document that does not fit, instead of leaving missing what cannot be read. */
  readonly failFast: boolean;
  /** The field of a struct that gets the text of a document that does not fit, if the struct has one of this name. */
  readonly corruptField: string;
}

/**
 * Decodes columns of JSON documents as `from_json` does. A document is one value, whatever follows it. One that does
 * not fit at all is a struct of missing fields, or a missing array or map; a missing or blank one is missing.
 */
export class JsonDocuments {
  private readonly writer: ColumnWriter;
  private readonly root: Target;
  private readonly corrupt: BytesWriter | undefined;
  private readonly reader: JsonReader;

  /** Throws INVALID_SCHEMA for a type that JSON cannot fill. */
  constructor(
    type: StructType | ArrayType | MapType,
    private readonly options: DocumentOptions,
  ) {
    const writer = columnWriter(type);
    this.writer = writer;
    if (type.kind === 'struct' && writer instanceof StructWriter) {
      const { corruptField } = options;
      const isData = (_: unknown, i: number): boolean => type.fields[i]!.name !== corruptField;
      const fields = type.fields.filter(isData);
      const columns = new Fields(fields, writer.children.filter(isData));
      this.root = { kind: 'struct', type: structOf(fields), writer, element: null, fields: columns };
      this.corrupt = writer.children.find((_, i) => !isData(_, i)) as BytesWriter | undefined;
    } else {
      this.root = targetOf(type, writer);
    }
    this.reader = new JsonReader({ ...options, exactText: false }, new Fields([], []));
  }

  /** The value of each document. Throws ExpressionError with `failFast`. */
  decode(documents: BytesColumn): Column {
    const { bytes, offsets, length } = repairedText(documents);
    const { reader, writer, root } = this;
    reader.load(bytes, true);
    for (let i = 0; i < length; i++) {
      if (!documents.isValid(i)) {
        writer.appendNull();
        continue;
      }
      const from = offsets[i]!;
      const to = offsets[i + 1]!;
      const status = reader.document(root, from, to);
      if (status === BLANK) writer.appendNull();
      else if (status !== OK) this.reject(status, i, bytes, from, to);
    }
    return writer.finish();
  }

  /** Deals with document `row`, of which, if it is PARTIAL, all was written that fits. */
  private reject(status: Status, row: number, bytes: Uint8Array, from: number, to: number): void {
    const { writer, corrupt } = this;
    if (this.options.failFast) {
      writer.truncate(0);
      throw this.error(status === BROKEN, bytes, from, to);
    }
    if (status !== PARTIAL) {
      writer.truncate(row);
      if (writer instanceof StructWriter) writer.end();
      else writer.appendNull();
    }
    if (corrupt === undefined) return;
    corrupt.truncate(row);
    corrupt.append(bytes, from, to);
  }

  private error(broken: boolean, bytes: Uint8Array, from: number, to: number): ExpressionError {
    const { reader } = this;
    const text = (at: number): string => excerpt(Buffer.from(bytes.subarray(at, to)).toString());
    const document = `The JSON document ${text(from)} is malformed`;
    const advice = 'mode is FAILFAST; PERMISSIVE would leave missing what cannot be read.';
    const { mismatched } = reader;
    if (broken || mismatched === null) {
      const shown = `: at byte ${reader.foundAt - from} there is ${reader.found}`;
      return failed(malformed, `${document}${shown}. ${advice}`);
    }
    const found = `: ${text(reader.mismatchAt)} is no value of type ${formatType(mismatched.type)}`;
    const isRootStruct = mismatched === this.root && mismatched.kind === 'struct';
    const condition = conditionOf(mismatched, bytes, reader.mismatchAt, isRootStruct, this.options.times);
    return failed(condition, `${document}${found}. ${advice}`);
  }
}

const excerpt = (text: string): string => `'${text.length > 60 ? `${text.slice(0, 57)}...` : text}'`;

const malformed = 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION';

/** Spark's name for a value at `at` that is not of the type of the target. */
function conditionOf(
  { kind }: Target,
  bytes: Uint8Array,
  at: number,
  isRootStruct: boolean,
  times: TimeReader,
): string {
  const first = bytes[at]!;
  if (isRootStruct && first === 91) return 'MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS';
  if (isRootStruct && first === 110 /* null */) return malformed;
  if (first === 34 || first === 39) {
    if (bytes[at + 1] === first) return 'EMPTY_JSON_FIELD_VALUE';
    if (kind === 'float' || kind === 'double') return 'MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_STRING_AS_DATATYPE';
    if (kind === 'decimal' || kind === 'binary') return malformed;
    if (kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz') {
      return times.hasPattern(kind) ? malformed : 'CAST_INVALID_INPUT';
    }
  } else if (isNumberStart(first)) {
    if (kind === 'decimal') return 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION';
    const isWhole = /^-?\d+(?![\d.eE])/.test(Buffer.from(bytes.subarray(at, at + LONGEST_NUMBER)).toString('latin1'));
    if (isWhole && (kind === 'byte' || kind === 'short' || kind === 'int' || kind === 'long')) return malformed;
  }
  return 'CANNOT_PARSE_JSON_FIELD';
}

/** Enough digits to see that a number is whole. */
const LONGEST_NUMBER = 1024;
