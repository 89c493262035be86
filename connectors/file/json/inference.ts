import { SluiceError } from '../../../lib/errors/index.js';
import { ExpressionError } from '../../../lib/expressions/errors.js';
import { JsonInference } from '../../../lib/formats/json/infer.js';
import { RowInference } from '../../../lib/formats/json/infer-rows.js';
import type { JsonReadOptions } from '../../../lib/formats/json/options.js';
import { timeReaderFor } from '../../../lib/formats/scan/time-options.js';
import type { DataType, Schema } from '../../../lib/schema/index.js';
import type { Place, RecordDecoder, SchemaInference } from '../format.js';
import { jsonRecords } from './decoder.js';

/** Finds out the columns of JSON files as Spark does: sorted by name, of types that hold all values. */
export function jsonInference(options: JsonReadOptions): SchemaInference {
  return new JsonFiles(options);
}

class JsonFiles implements SchemaInference {
  readonly done = false;

  private readonly types: JsonInference;
  private readonly rows: RowInference;
  private readonly ratio: number;
  private records = 0;
  /** Whether nothing was seen but blank records. */
  private blank = true;
  private place: Place = { path: '', position: 0 };

  constructor(private readonly options: JsonReadOptions) {
    this.types = new JsonInference({ ...options, grammar: options, times: timeReaderFor(options, false) });
    this.rows = new RowInference(options, () => {
      const { path, position } = this.place;
      const message = `Reading '${path}': the JSON record at byte ${position} is malformed, so the schema cannot be inferred. mode is FAILFAST; PERMISSIVE and DROPMALFORMED pass over it.`;
      throw new SluiceError('MALFORMED_RECORD', message, { details: { path, position } });
    });
    this.ratio = Number(options.samplingRatio ?? 1);
    // What is wrong with the options is to be known before there is a file.
    this.nextFile();
  }

  nextFile(): Pick<RecordDecoder, 'decode'> {
    const records = jsonRecords(this.options, true);
    return {
      decode: (bytes, place, last) => {
        records.open(bytes, place);
        while (records.advance(last)) {
          if (!this.isSampled()) {
            this.blank = false;
            continue;
          }
          this.place = { path: place.path, position: place.position + records.position };
          const record = records.bytes.subarray(records.start, records.end);
          const valid = records.validUtf8 ? record : Buffer.from(record.toString());
          const type = this.typeOf(valid);
          if (type?.kind !== 'void') this.blank = false;
          this.rows.add(type);
        }
        return records.next;
      },
    };
  }

  schema(): Schema | undefined {
    if (this.blank) return undefined;
    const schema = this.rows.schema();
    checkNames(schema);
    return schema;
  }

  private typeOf(record: Uint8Array): DataType | undefined {
    try {
      return this.types.typeOf(record, 0, record.length);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { path, position } = this.place;
      const message = `Inferring the schema, from the record at byte ${position} of '${path}': ${error.message}`;
      const details = { path, position, condition: error.condition };
      throw new SluiceError('INVALID_SCHEMA', message, { details });
    }
  }

  /** The first record is one of them, whatever the ratio. */
  private isSampled(): boolean {
    const { ratio } = this;
    const n = this.records++;
    return ratio >= 1 || Math.floor(n * ratio) !== Math.floor((n - 1) * ratio);
  }
}

/** Names that differ in case only could not be told apart by a query. */
function checkNames(type: DataType): void {
  if (type.kind === 'array') checkNames(type.element);
  if (type.kind !== 'struct') return;
  const names = new Map<string, string>();
  for (const field of type.fields) {
    const key = field.name.toLowerCase();
    const other = names.get(key);
    if (other !== undefined) {
      const message = `Inferring the schema: the names '${other}' and '${field.name}' differ in case only. Give a schema that has one of them.`;
      const details = { columns: [other, field.name], condition: 'COLUMN_ALREADY_EXISTS' };
      throw new SluiceError('INVALID_SCHEMA', message, { details });
    }
    names.set(key, field.name);
    checkNames(field.type);
  }
}
