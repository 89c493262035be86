import { invalid } from '../../expressions/errors.js';
import {
  type DataType,
  type Field,
  array,
  boolean,
  decimal,
  double,
  field,
  long,
  string,
  structOf,
  timestamp,
  voidType,
} from '../../schema/index.js';
import { commonNumber, digitsIn, tightestType } from '../common-type.js';
import { ascii, parseLong } from '../scan/numbers.js';
import type { TimeReader } from '../scan/times.js';
import { textOf } from '../scan/timestamps.js';
import type { Leniency } from './options.js';
import { JsonWalker } from './walker.js';

export interface JsonInferenceRules {
  readonly grammar: Leniency;
  readonly times: TimeReader;
  /** Numbers and booleans are taken for strings. */
  readonly primitivesAsString: boolean;
  /** Numbers, and strings of numbers, are taken for decimals if they have no more than 38 digits. */
  readonly prefersDecimal: boolean;
  /** Strings that are timestamps are taken for them. */
  readonly inferTimestamp: boolean;
}

const MAX_PRECISION = 38;

/** Finds out the types of JSON documents, as Spark does. What is missing or empty is of type VOID at first. */
export class JsonInference extends JsonWalker {
  constructor(private readonly rules: JsonInferenceRules) {
    super(rules.grammar);
  }

  /**
   * The type of the first value in `bytes[from, to)`, which is valid UTF-8; VOID if there is none, undefined if it is
   * not JSON.
   */
  typeOf(bytes: Uint8Array, from: number, to: number): DataType | undefined {
    this.load(bytes, true);
    this.at = from;
    this.end = to;
    return this.space() === -1 ? voidType() : this.value(1);
  }

  private value(depth: number): DataType | undefined {
    if (this.at >= this.end) return undefined;
    const first = this.bytes[this.at]!;
    switch (first) {
      case 123:
        return this.object(depth);
      case 91:
        return this.array(depth);
      case 110:
        return this.word(first) ? voidType() : undefined;
      case 116:
      case 102:
        if (!this.word(first)) return undefined;
        return this.rules.primitivesAsString ? string() : boolean();
    }
    if (this.isQuote(first)) return this.string() ? this.text() : undefined;
    if (!this.number()) return undefined;
    return this.rules.primitivesAsString ? string() : this.numeric();
  }

  private text(): DataType {
    const { source, from, to, rules } = this;
    if (from === to) return voidType();
    if (rules.prefersDecimal) {
      const digits = digitsIn(textOf(source, from, to).replaceAll(',', ''));
      if (digits !== undefined && digits.scale >= 0 && digits.scale <= digits.precision) {
        if (digits.precision <= MAX_PRECISION) return decimal(digits.precision, digits.scale);
      }
    }
    const isTimestamp = (zoned: boolean): boolean => rules.times.timestamp(source, from, to, zoned);
    return rules.inferTimestamp && (isTimestamp(false) || isTimestamp(true)) ? timestamp() : string();
  }

  private numeric(): DataType {
    const { source, from, to } = this;
    if (this.integer && parseLong(source, from, to)) return long();
    const digits = this.integer || this.rules.prefersDecimal ? digitsIn(ascii(source, from, to)) : undefined;
    if (digits === undefined) return double();
    const precision = Math.max(digits.precision, digits.scale);
    if (precision > MAX_PRECISION) return double();
    if (digits.scale >= 0) return decimal(precision, digits.scale);
    const message = `${ascii(source, from, to)} would be a DECIMAL of scale ${digits.scale}, which there is not. Leave prefersDecimal out.`;
    throw invalid('NEGATIVE_SCALE_DISALLOWED', message);
  }

  private array(depth: number): DataType | undefined {
    if (!this.mayNest(depth)) return undefined;
    let element: DataType = voidType();
    this.at++;
    let next = this.space();
    while (next !== 93) {
      const type = this.value(depth + 1);
      if (type === undefined) return undefined;
      element = commonType(element, type);
      next = this.nextElement();
      if (next === -1) return undefined;
    }
    this.at++;
    return array(element);
  }

  private object(depth: number): DataType | undefined {
    if (!this.mayNest(depth)) return undefined;
    const fields: Field[] = [];
    this.at++;
    let next = this.space();
    while (next !== 125) {
      if (!this.name(next)) return undefined;
      const name = textOf(this.source, this.from, this.to);
      if (!this.colon()) return undefined;
      const type = this.value(depth + 1);
      if (type === undefined) return undefined;
      fields.push(field(name, type));
      next = this.nextMember();
      if (next === -1) return undefined;
    }
    this.at++;
    return structOf(fields.sort(byName));
  }
}

const byName = (a: Field, b: Field): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The type of values of two types: STRING, if there is nothing better. Fields of structs are sorted by their names. */
export function commonType(a: DataType, b: DataType): DataType {
  const type = tightestType(a, b) ?? commonNumber(a, b);
  if (type !== undefined) return type;
  if (a.kind === 'struct' && b.kind === 'struct') return structOf(mergedFields(a.fields, b.fields));
  if (a.kind === 'array' && b.kind === 'array') return array(commonType(a.element, b.element));
  return string();
}

/** Of two lists that are sorted by name. */
function mergedFields(a: readonly Field[], b: readonly Field[]): Field[] {
  const out: Field[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length && k < b.length) {
    const order = byName(a[i]!, b[k]!);
    if (order < 0) out.push(a[i++]!);
    else if (order > 0) out.push(b[k++]!);
    else out.push(field(a[i]!.name, commonType(a[i++]!.type, b[k++]!.type)));
  }
  return [...out, ...a.slice(i), ...b.slice(k)];
}

/** A type as users get it: what is VOID becomes STRING (or goes, if `dropVoid`), structs without fields go. */
export function settledType(type: DataType, dropVoid: boolean): DataType | undefined {
  switch (type.kind) {
    case 'array': {
      const element = settledType(type.element, dropVoid);
      return element && array(element, type.containsNull);
    }
    case 'struct': {
      const fields = type.fields.flatMap(({ name, type: of }) => {
        const settled = name === '' ? undefined : settledType(of, dropVoid);
        return settled === undefined ? [] : [field(name, settled)];
      });
      return fields.length === 0 ? undefined : structOf(fields);
    }
    case 'void':
      return dropVoid ? undefined : string();
    default:
      return type;
  }
}
