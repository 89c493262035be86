import { SluiceError, didYouMean } from '../errors/index.js';
import * as t from './types.js';

const atomicNames: Readonly<Record<string, t.DataType>> = {
  string: t.string(),
  boolean: t.boolean(),
  byte: t.byte(),
  tinyint: t.byte(),
  short: t.short(),
  smallint: t.short(),
  int: t.int(),
  integer: t.int(),
  long: t.long(),
  bigint: t.long(),
  float: t.float(),
  real: t.float(),
  double: t.double(),
  date: t.date(),
  timestamp: t.timestamp(),
  timestamp_ltz: t.timestamp(),
  timestamp_ntz: t.timestampNtz(),
  binary: t.binary(),
  void: t.voidType(),
};

const parametrized = [
  'decimal',
  'dec',
  'numeric',
  'array',
  'map',
  'struct',
  'char',
  'character',
  'varchar',
  'interval',
];

/** Types of Spark that this library does not have. */
const unsupported = ['time', 'variant', 'geography', 'geometry'];

const dayTimeUnits: readonly t.DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];
const yearMonthUnits: readonly t.YearMonthUnit[] = ['year', 'month'];

/** Far more than anybody nests, and far less than the stack holds. */
const deepest = 500;

/**
 * Reads `'id LONG, tags ARRAY<STRING>'`. Throws INVALID_SCHEMA, pointing at the character; also for two names that
 * differ by case only, because expressions do not tell them apart.
 */
export function parseDdl(text: string): t.StructType {
  const schema = new DdlParser(text, 0, true).schema();
  if (schema.fields.length > 0) return schema;
  throw new DdlParser(text).error('a schema needs at least one column');
}

/** Reads one type, such as `'MAP<STRING, INT>'`. Throws INVALID_SCHEMA, pointing at the character. */
export function parseType(text: string): t.DataType {
  return new DdlParser(text).singleType();
}

/** Reads columns (`'a INT, b STRING'`) or one type (`'ARRAY<INT>'`), as `from_json` takes both. */
export function parseTypeOrSchema(text: string): t.DataType {
  try {
    return parseType(text);
  } catch (asType) {
    try {
      return new DdlParser(text).schema();
    } catch (asSchema) {
      // The reading that got further is the one that was meant.
      throw positionOf(asType) > positionOf(asSchema) ? asType : asSchema;
    }
  }
}

/**
 * Reads the type at `from` of a text that goes on behind it. The `details.condition` of an INVALID_SCHEMA is the
 * error condition that Spark gives.
 */
export function parseTypePrefix(text: string, from: number): { type: t.DataType; length: number } {
  const parser = new DdlParser(text, from);
  const type = parser.type();
  return { type, length: parser.at - from };
}

const positionOf = (error: unknown): number =>
  error instanceof SluiceError ? ((error.details['position'] as number | undefined) ?? 0) : 0;

class DdlParser {
  private depth = 0;

  /** @param unique whether names must be */
  constructor(
    private readonly text: string,
    public at = 0,
    private readonly unique = false,
  ) {}

  schema(): t.StructType {
    return this.fields(() => this.skip() === this.text.length, false);
  }

  singleType(): t.DataType {
    const type = this.type();
    if (this.skip() < this.text.length) throw this.error('nothing more was expected after the type');
    return type;
  }

  type(): t.DataType {
    const start = this.skip();
    const word = this.word();
    if (word === '') throw this.error('a type was expected');
    const lower = word.toLowerCase();
    if (lower === 'timestamp') return this.timestampType();
    const atomic = Object.hasOwn(atomicNames, lower) ? atomicNames[lower] : undefined;
    if (atomic !== undefined) return lower === 'string' ? this.collated(atomic) : atomic;
    switch (lower) {
      case 'decimal':
      case 'dec':
      case 'numeric':
        return this.decimalType(start);
      case 'char':
      case 'character':
      case 'varchar':
        return this.sizedString(lower, start);
      case 'interval':
        return this.intervalType();
      case 'array':
      case 'map':
      case 'struct':
        return this.nested(lower, start);
    }
    const hint = unsupported.includes(lower)
      ? ' It is one of Spark that is not there yet.'
      : didYouMean(word, [...Object.keys(atomicNames), ...parametrized]);
    throw this.error(`'${word}' is not a type.${hint}`, start, 'UNSUPPORTED_DATATYPE');
  }

  private fields(atEnd: () => boolean, nested: boolean): t.StructType {
    const fields: t.Field[] = [];
    const seen = new Map<string, string>();
    while (!atEnd()) {
      if (fields.length > 0) this.expect(',');
      const start = this.skip();
      const name = this.name();
      if (!this.take(':') && !nested && this.skip() === this.text.length) {
        throw this.error(`column '${name}' has no type`);
      }
      const type = this.type();
      const nullable = !this.keywords('NOT', 'NULL');
      const comment = this.keywords('COMMENT') ? this.quoted() : undefined;
      const other = seen.get(name.toLowerCase());
      if (this.unique && other !== undefined) throw this.error(twice(name, other), start, 'COLUMN_ALREADY_EXISTS');
      seen.set(name.toLowerCase(), name);
      fields.push(t.field(name, type, nullable, comment));
    }
    return t.structOf(fields);
  }

  private nested(word: 'array' | 'map' | 'struct', start: number): t.DataType {
    if (!this.take('<')) {
      const form = { array: 'ARRAY<INT>', map: 'MAP<STRING, INT>', struct: 'STRUCT<a: INT>' }[word];
      const condition = `INCOMPLETE_TYPE_DEFINITION.${word.toUpperCase()}`;
      throw this.error(`of a ${word} it must be said what it holds, as in ${form}`, start, condition);
    }
    if (++this.depth > deepest) throw this.error(`types are nested more than ${deepest} deep`, start);
    let type: t.DataType;
    if (word === 'array') {
      type = t.array(this.type());
    } else if (word === 'map') {
      const key = this.type();
      this.expect(',');
      type = t.map(key, this.type());
    } else {
      type = this.fields(() => this.peek('>'), true);
    }
    this.expect('>');
    this.depth--;
    return type;
  }

  private timestampType(): t.DataType {
    if (this.keywords('WITHOUT', 'TIME', 'ZONE')) return t.timestampNtz();
    this.keywords('WITH', 'LOCAL', 'TIME', 'ZONE');
    return t.timestamp();
  }

  /** `STRING COLLATE UTF8_BINARY` is a string: strings compare by their bytes. */
  private collated(type: t.DataType): t.DataType {
    if (!this.keywords('COLLATE')) return type;
    const start = this.skip();
    const name = this.name();
    if (name.toUpperCase() === 'UTF8_BINARY') return type;
    throw this.error(`there is no collation '${name}', only UTF8_BINARY`, start, 'COLLATION_INVALID_NAME');
  }

  private sizedString(word: string, start: number): t.DataType {
    if (!this.take('(')) {
      throw this.error(`a ${word} has a length, as in ${word}(10)`, start, 'DATATYPE_MISSING_SIZE');
    }
    this.integer();
    this.expect(')');
    return t.string();
  }

  /** `INTERVAL`, `INTERVAL DAY`, `INTERVAL DAY TO SECOND`, `INTERVAL YEAR TO MONTH`. */
  private intervalType(): t.DataType {
    const start = this.skip();
    const units = [...dayTimeUnits, ...yearMonthUnits];
    const first = units.find((unit) => this.keywords(unit));
    if (first === undefined) return t.calendarInterval();
    const range = this.keywords('TO');
    const last = range ? units.find((unit) => this.keywords(unit)) : first;
    const inOrder = (of: readonly string[]): boolean =>
      of.includes(first) && last !== undefined && of.indexOf(last) >= of.indexOf(first) + Number(range);
    if (inOrder(dayTimeUnits)) return t.dayTimeInterval(first as t.DayTimeUnit, last as t.DayTimeUnit);
    if (inOrder(yearMonthUnits)) return t.yearMonthInterval(first as t.YearMonthUnit, last as t.YearMonthUnit);
    throw this.error('an interval goes from a larger to a smaller unit: DAY TO SECOND, or YEAR TO MONTH', start);
  }

  private decimalType(start: number): t.DataType {
    if (!this.take('(')) return t.decimal();
    const precision = this.integer();
    const scale = this.take(',') ? this.integer() : 0;
    this.expect(')');
    if (precision >= 1 && precision <= 38 && scale <= precision) return t.decimal(precision, scale);
    const condition = precision > 38 ? 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION' : undefined;
    throw this.error('a decimal has 1 to 38 digits, and no more after the point than it has', start, condition);
  }

  private name(): string {
    if (!this.peek('`')) {
      const word = this.match(/[\p{L}\p{N}_$]+(?:-[\p{L}\p{N}_$]+)*/uy)?.[0];
      if (word === undefined) throw this.error('a column name was expected');
      return word;
    }
    const match = this.match(/`((?:[^`]|``)*)`/y);
    if (match === undefined) throw this.error('a back-quoted name is not closed');
    return match[1]!.replaceAll('``', '`');
  }

  private quoted(): string {
    const match = this.match(/'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.|"")*)"/sy);
    if (match === undefined) throw this.error('a quoted text was expected');
    const [quote, text] = match[1] === undefined ? ['"', match[2]!] : ["'", match[1]];
    // Two of the quotes around it are one within; of the others two stay two.
    return text.replace(/\\(.)|''|""/gs, (all, c: string | undefined) =>
      c !== undefined ? (escapes[c] ?? c) : all[0] === quote ? quote : all,
    );
  }

  private integer(): number {
    const digits = this.match(/\d{1,9}(?![\p{L}\p{N}_])/uy)?.[0];
    if (digits === undefined) throw this.error('a number was expected');
    return Number(digits);
  }

  private word(): string {
    return this.match(/[\p{L}\p{N}_]+/uy)?.[0] ?? '';
  }

  private keywords(...words: string[]): boolean {
    return this.match(new RegExp(`${words.join('\\s+')}(?![\\p{L}\\p{N}_])`, 'iuy')) !== undefined;
  }

  /** What a sticky `pattern` matches here, behind white space and comments, which is then read. */
  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.skip();
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  private skip(): number {
    blank.lastIndex = this.at;
    blank.exec(this.text);
    this.at = blank.lastIndex;
    return this.at;
  }

  private peek(symbol: string): boolean {
    return this.text.startsWith(symbol, this.skip());
  }

  private take(symbol: string): boolean {
    if (!this.peek(symbol)) return false;
    this.at += symbol.length;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw this.error(`'${symbol}' was expected`);
  }

  error(found: string, at = this.skip(), condition = 'PARSE_SYNTAX_ERROR'): SluiceError {
    const message = `Reading the schema at character ${at + 1}: ${found}\n${excerpt(this.text, at)}`;
    return new SluiceError('INVALID_SCHEMA', message, { details: { schema: this.text, position: at, condition } });
  }
}

const blank = /(?:\s|--[^\n]*|\/\*.*?\*\/)*/sy;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', '0': '\0' };

/** Says that a name is there already, `other` being how it was written before. */
export const twice = (name: string, other: string): string =>
  name === other
    ? `column '${name}' is there twice`
    : `column '${name}' is there already as '${other}', and names that differ by case only mean the same column`;

/** The characters around a place, with a mark below. */
function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - 60);
  const shown = text.slice(from, at + 60).replace(/\s/g, ' ');
  const before = from > 0 ? '…' : '';
  return `  ${before}${shown}${at + 60 < text.length ? '…' : ''}\n  ${' '.repeat(before.length + at - from)}^`;
}
