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

/** How each type is written in DDL. */
const spelling: Readonly<Record<t.AtomicKind, string>> = {
  string: 'STRING',
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  int: 'INT',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamp_ntz: 'TIMESTAMP_NTZ',
  binary: 'BINARY',
  calendar_interval: 'INTERVAL',
  void: 'VOID',
  any: 'ANY',
};

const dayTimeUnits: readonly t.DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];
const yearMonthUnits: readonly t.YearMonthUnit[] = ['year', 'month'];

/** Reads `'id LONG, tags ARRAY<STRING>'`. Throws INVALID_SCHEMA, pointing at the character. */
export function parseDdl(text: string): t.StructType {
  return new DdlParser(text).schema();
}

/** Reads one type, such as `'MAP<STRING, INT>'`. */
export function parseType(text: string): t.DataType {
  return new DdlParser(text).singleType();
}

/** Writes a type as DDL, such as `STRUCT<a: INT, b: STRING>`. */
export function formatType(type: t.DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'day_time_interval':
    case 'year_month_interval':
      return `INTERVAL ${intervalUnits(type).toUpperCase()}`;
    case 'array':
      return `ARRAY<${formatType(type.element)}>`;
    case 'map':
      return `MAP<${formatType(type.key)}, ${formatType(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => formatField(f, ': ')).join(', ')}>`;
    default:
      return spelling[type.kind];
  }
}

/** The units of an interval as they are written: `day`, `day to second`. */
export const intervalUnits = ({ start, end }: t.DayTimeIntervalType | t.YearMonthIntervalType): string =>
  start === end ? start : `${start} to ${end}`;

/** Writes a schema as DDL, such as `id BIGINT NOT NULL, shop STRING`. */
export function formatDdl(schema: t.StructType): string {
  return schema.fields.map((f) => formatField(f, ' ')).join(', ');
}

function formatField(f: t.Field, separator: string): string {
  const name = /^[A-Za-z_]\w*$/.test(f.name) ? f.name : `\`${f.name.replaceAll('`', '``')}\``;
  const comment = f.comment === undefined ? '' : ` COMMENT '${f.comment.replace(/[\\']/g, '\\$&')}'`;
  return `${name}${separator}${formatType(f.type)}${f.nullable ? '' : ' NOT NULL'}${comment}`;
}

class DdlParser {
  private at = 0;

  constructor(private readonly text: string) {}

  schema(): t.StructType {
    const schema = this.fields(() => this.rest() === '', false);
    if (schema.fields.length === 0) throw this.error('a schema needs at least one column');
    return schema;
  }

  singleType(): t.DataType {
    const type = this.type();
    if (this.rest() !== '') throw this.error('nothing more was expected after the type');
    return type;
  }

  private fields(atEnd: () => boolean, nested: boolean): t.StructType {
    const fields: t.Field[] = [];
    while (!atEnd()) {
      if (fields.length > 0) this.expect(',');
      const start = this.skip();
      const name = this.name();
      if (!this.take(':') && !nested && this.rest() === '') throw this.error(`column '${name}' has no type`);
      const type = this.type();
      const nullable = !this.keywords('NOT', 'NULL');
      const comment = this.keywords('COMMENT') ? this.quoted() : undefined;
      if (fields.some((f) => f.name === name)) throw this.error(`column '${name}' is there twice`, start);
      fields.push(t.field(name, type, nullable, comment));
    }
    return t.structOf(fields);
  }

  private type(): t.DataType {
    const start = this.skip();
    const word = this.word();
    if (word === '') throw this.error('a type was expected');
    const lower = word.toLowerCase();
    const atomic = Object.hasOwn(atomicNames, lower) ? atomicNames[lower] : undefined;
    if (atomic !== undefined) return atomic;
    switch (lower) {
      case 'decimal':
      case 'dec':
      case 'numeric':
        return this.decimalType(start);
      case 'char':
      case 'character':
      case 'varchar':
        this.expect('(');
        this.integer();
        this.expect(')');
        return t.string();
      case 'interval':
        return this.intervalType();
      case 'array': {
        this.expect('<');
        const element = this.type();
        this.expect('>');
        return t.array(element);
      }
      case 'map': {
        this.expect('<');
        const key = this.type();
        this.expect(',');
        const value = this.type();
        this.expect('>');
        return t.map(key, value);
      }
      case 'struct': {
        this.expect('<');
        const struct = this.fields(() => this.peek('>'), true);
        this.expect('>');
        return struct;
      }
    }
    const hint = didYouMean(word, [...Object.keys(atomicNames), ...parametrized]);
    throw this.error(`'${word}' is not a type.${hint}`, start);
  }

  /** `INTERVAL`, `INTERVAL DAY`, `INTERVAL DAY TO SECOND`, `INTERVAL YEAR TO MONTH`. */
  private intervalType(): t.DataType {
    const start = this.skip();
    const units = [...dayTimeUnits, ...yearMonthUnits];
    const first = units.find((unit) => this.keywords(unit));
    if (first === undefined) return t.calendarInterval();
    const last = this.keywords('TO') ? units.find((unit) => this.keywords(unit)) : first;
    const inOrder = (of: readonly string[]): boolean =>
      of.includes(first) && last !== undefined && of.indexOf(last) >= of.indexOf(first);
    if (inOrder(dayTimeUnits)) return t.dayTimeInterval(first as t.DayTimeUnit, last as t.DayTimeUnit);
    if (inOrder(yearMonthUnits)) return t.yearMonthInterval(first as t.YearMonthUnit, last as t.YearMonthUnit);
    throw this.error('an interval goes from a larger to a smaller unit: DAY TO SECOND, or YEAR TO MONTH', start);
  }

  private decimalType(start: number): t.DataType {
    if (!this.take('(')) return t.decimal();
    const precision = this.integer();
    const scale = this.take(',') ? this.integer() : 0;
    this.expect(')');
    if (precision < 1 || precision > 38 || scale > precision) {
      throw this.error('a decimal has 1 to 38 digits, and no more after the point than it has', start);
    }
    return t.decimal(precision, scale);
  }

  private name(): string {
    if (!this.peek('`')) {
      const word = this.word();
      if (word === '') throw this.error('a column name was expected');
      return word;
    }
    const match = /^`((?:[^`]|``)*)`/.exec(this.rest());
    if (match === null) throw this.error('a back-quoted name is not closed');
    this.at += match[0].length;
    return match[1]!.replaceAll('``', '`');
  }

  private quoted(): string {
    this.skip();
    const match = /^'((?:[^'\\]|\\.)*)'|^"((?:[^"\\]|\\.)*)"/s.exec(this.rest());
    if (match === null) throw this.error('a quoted text was expected');
    this.at += match[0].length;
    return (match[1] ?? match[2] ?? '').replace(/\\(.)/gs, '$1');
  }

  private integer(): number {
    const word = this.word();
    if (!/^\d{1,9}$/.test(word)) throw this.error('a number was expected');
    return Number(word);
  }

  private word(): string {
    this.skip();
    const word = /^[\p{L}\p{N}_$]+(?:-[\p{L}\p{N}_$]+)*/u.exec(this.rest())?.[0] ?? '';
    this.at += word.length;
    return word;
  }

  private keywords(...words: string[]): boolean {
    const match = new RegExp(`^\\s*${words.join('\\s+')}\\b`, 'i').exec(this.rest());
    if (match === null) return false;
    this.at += match[0].length;
    return true;
  }

  private skip(): number {
    while (this.at < this.text.length && /\s/.test(this.text[this.at]!)) this.at++;
    return this.at;
  }

  private rest(): string {
    this.skip();
    return this.text.slice(this.at);
  }

  private peek(symbol: string): boolean {
    return this.rest().startsWith(symbol);
  }

  private take(symbol: string): boolean {
    if (!this.peek(symbol)) return false;
    this.at += symbol.length;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw this.error(`'${symbol}' was expected`);
  }

  private error(found: string, at = this.skip()): SluiceError {
    const message = `Reading the schema at character ${at + 1}: ${found}\n  ${this.text}\n  ${' '.repeat(at)}^`;
    return new SluiceError('INVALID_SCHEMA', message, { details: { schema: this.text, position: at } });
  }
}
