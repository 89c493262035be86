import {
  type DataType,
  boolean,
  date,
  decimal,
  double,
  int,
  long,
  string,
  timestamp,
  voidType,
} from '../../schema/index.js';
import { commonNumber, digitsIn, tightestType } from '../common-type.js';
import { parseLong, parsed } from '../scan/numbers.js';
import type { TimeReader } from '../scan/times.js';
import { type FloatWords, RareFloats } from './floats.js';
import { utf8 } from './dialect.js';

export interface CsvInferenceRules {
  readonly words: FloatWords;
  /** Without a fallback, and with a pattern for dates if `preferDate`. */
  readonly times: TimeReader;
  /** Texts that are dates are taken for them, and not for timestamps. */
  readonly preferDate: boolean;
  /** Whether timestamps are read without a pattern, so that a date may be one. */
  readonly datesAreTimestamps: boolean;
}

/** Finds out the types of CSV fields, as Spark does. A field that has only been missing so far is of type VOID. */
export class CsvInference {
  private readonly floats: RareFloats;

  constructor(private readonly rules: CsvInferenceRules) {
    this.floats = new RareFloats(rules.words);
  }

  /** The type of a field that had values of type `known` before, with this one. An empty text changes nothing. */
  widened(known: DataType, text: string): DataType {
    if (text === '' || known.kind === 'string') return known;
    return this.common(known, this.typeOf(utf8(text), text, known.kind));
  }

  /** The type that holds what two others hold: STRING, if there is nothing better. */
  common(a: DataType, b: DataType): DataType {
    const kinds = [a.kind, b.kind];
    if (kinds.includes('date') && kinds.includes('timestamp')) {
      return this.rules.datesAreTimestamps ? timestamp() : string();
    }
    return tightestType(a, b) ?? commonNumber(a, b) ?? string();
  }

  /** The first type of a text that is not narrower than what is known; the order is Spark's. */
  private typeOf(bytes: Uint8Array, text: string, known: DataType['kind']): DataType {
    const { times, preferDate } = this.rules;
    const end = bytes.length;
    const from = order.indexOf(known);
    const tries = (kind: (typeof order)[number]): boolean => order.indexOf(kind) >= from;
    if (tries('long') && parseLong(bytes, 0, end)) {
      const isInt = parsed.high === parsed.low >> 31;
      return isInt && tries('int') ? int() : long();
    }
    if (tries('decimal')) {
      const digits = digitsIn(text);
      if (digits?.scale === 0 && digits.precision <= 38) return decimal(digits.precision, 0);
    }
    if (tries('double') && this.floats.parse(bytes, 0, end) !== undefined) return double();
    const triesDate = preferDate ? tries('date') : known === 'date';
    if (triesDate && !Number.isNaN(times.date(bytes, 0, end))) return date();
    if (tries('timestamp') && (times.timestamp(bytes, 0, end, false) || times.timestamp(bytes, 0, end, true))) {
      return timestamp();
    }
    return /^(?:true|false)$/i.test(text) ? boolean() : string();
  }
}

/** What is known to be of one of these is not tried as one of those before it. */
const order = ['void', 'int', 'long', 'decimal', 'double', 'date', 'timestamp', 'boolean'];

/** A type as users get it. */
export const settledField = (type: DataType): DataType => (type.kind === 'void' ? string() : type);

/** What every field is at first. */
export const unknownField: DataType = voidType();
