import { SluiceError } from '../../errors/index.js';
import { type DataType, type Field, formatType } from '../../schema/index.js';
import { columnWriter } from '../scan/column-writer.js';
import { ListWriter, MapWriter, StructWriter } from '../scan/nested-writers.js';
import type { ColumnWriter } from '../scan/writers.js';

/** Where the values of a column, of a field, or of the elements of an array or map go. */
export interface Target {
  readonly kind: DataType['kind'];
  readonly type: DataType;
  /** What is written to; its class follows from the `kind`. */
  readonly writer: ColumnWriter;
  /** The elements of an array, the values of a map. */
  readonly element: Target | null;
  /** The fields of a struct. */
  readonly fields: Fields | null;
}

/** A field of a struct or record. */
export interface FieldTarget {
  readonly name: string;
  readonly target: Target;
}

/** A name as it is spelled in the data, and what it stands for. */
export interface Key {
  /** From the quote to the colon, both included. */
  readonly spelling: Uint8Array;
  /** Null for a name that nobody asked for. */
  readonly field: FieldTarget | null;
  /** The key that followed this one last time, which is tried first. */
  next: Key | null;
}

/** Spellings that are remembered in a struct. Data that uses objects as maps would have no end of them. */
const MAX_KEYS = 1000;

/** The fields of a struct or record, found by name; names match with case. */
export class Fields {
  readonly all: readonly FieldTarget[];
  /** Comes before the first key: its `next` is the key that objects begin with. */
  readonly head: Key = { spelling: new Uint8Array(0), field: null, next: null };
  private readonly byName: ReadonlyMap<string, FieldTarget>;
  private readonly keys = new Map<string, Key>();

  constructor(fields: readonly Field[], writers: readonly ColumnWriter[]) {
    this.all = fields.map((f, i) => ({ name: f.name, target: targetOf(f.type, writers[i]!) }));
    this.byName = new Map(this.all.map((f) => [f.name, f]));
  }

  byNameOf(name: string): FieldTarget | null {
    return this.byName.get(name) ?? null;
  }

  /** The key spelled as in `bytes[from, to)`, if it has been seen. */
  known(bytes: Uint8Array, from: number, to: number): Key | undefined {
    return this.keys.get(spelled(bytes, from, to));
  }

  /** Remembers a spelling; null if there are too many. */
  learn(bytes: Uint8Array, from: number, to: number, field: FieldTarget | null): Key | null {
    if (this.keys.size >= MAX_KEYS) return null;
    const key: Key = { spelling: Uint8Array.prototype.slice.call(bytes, from, to), field, next: null };
    this.keys.set(spelled(bytes, from, to), key);
    return key;
  }
}

const spelled = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');

export const writersOf = (fields: readonly Field[]): ColumnWriter[] => fields.map((f) => columnWriter(f.type));

/** The target of values of `type`, which `writer` takes. */
export function targetOf(type: DataType, writer: ColumnWriter): Target {
  let element: Target | null = null;
  let fields: Fields | null = null;
  if (type.kind === 'array' && writer instanceof ListWriter) {
    element = targetOf(type.element, writer.element);
  } else if (type.kind === 'map' && writer instanceof MapWriter) {
    if (type.key.kind !== 'string') {
      const message = `The names in a JSON object are text, so the keys of a map must be STRING, not ${formatType(type.key)}.`;
      throw new SluiceError('INVALID_SCHEMA', message, { details: { type: formatType(type) } });
    }
    element = targetOf(type.value, writer.values);
  } else if (type.kind === 'struct' && writer instanceof StructWriter) {
    fields = new Fields(type.fields, writer.children);
  }
  return { kind: type.kind, type, writer, element, fields };
}
