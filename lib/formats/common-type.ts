import { type DataType, type DecimalType, array, decimal, double, field, sameType, structOf } from '../schema/index.js';

/** Types that schema inference meets, from the narrower to the wider. */
const widths = ['byte', 'short', 'int', 'long', 'float', 'double'];

/** The digits that a whole number of a type can have. */
const digitsOf: Readonly<Record<string, number>> = { byte: 3, short: 5, int: 10, long: 20 };

const wholeDecimal = (type: DataType): DecimalType | undefined =>
  digitsOf[type.kind] === undefined ? undefined : decimal(digitsOf[type.kind], 0);

/** The narrower of two types, or their like, that holds the values of both exactly; undefined if neither does. */
export function tightestType(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b) || b.kind === 'void') return a;
  if (a.kind === 'void') return b;
  if (a.kind === 'decimal' || b.kind === 'decimal') return holdingDecimal(a, b) ?? holdingDecimal(b, a);
  if (a.kind === 'array' && b.kind === 'array') {
    const element = tightestType(a.element, b.element);
    return element && array(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'struct' && b.kind === 'struct') {
    if (a.fields.length !== b.fields.length) return undefined;
    const fields = a.fields.map(({ name, type }, i) => {
      const other = b.fields[i]!;
      const common = name.toLowerCase() === other.name.toLowerCase() ? tightestType(type, other.type) : undefined;
      return common && field(name, common);
    });
    return fields.every((f) => f !== undefined) ? structOf(fields) : undefined;
  }
  const [left, right] = [widths.indexOf(a.kind), widths.indexOf(b.kind)];
  if (left >= 0 && right >= 0) return left > right ? a : b;
  const kinds = [a.kind, b.kind];
  for (const kind of ['timestamp', 'timestamp_ntz'] as const) {
    if (kinds.includes(kind) && kinds.every((k) => k === 'date' || k === 'timestamp' || k === 'timestamp_ntz')) {
      return a.kind === kind ? a : b;
    }
  }
  return undefined;
}

/** `a` if it is a decimal that holds every whole number of type `b`. */
function holdingDecimal(a: DataType, b: DataType): DataType | undefined {
  const other = wholeDecimal(b);
  if (a.kind !== 'decimal' || other === undefined) return undefined;
  return a.precision - a.scale >= other.precision ? a : undefined;
}

/** The type of numbers of two types of which one is a decimal, at least; undefined if one is no number. */
export function commonNumber(a: DataType, b: DataType): DataType | undefined {
  const left = wholeDecimal(a) ?? a;
  const right = wholeDecimal(b) ?? b;
  if (left.kind === 'decimal' && right.kind === 'decimal') {
    const scale = Math.max(left.scale, right.scale);
    const precision = Math.max(left.precision - left.scale, right.precision - right.scale) + scale;
    return precision > 38 ? double() : decimal(precision, scale);
  }
  const kinds = [left.kind, right.kind];
  return kinds.includes('decimal') && kinds.includes('double') ? double() : undefined;
}

/** How many digits a number has as written, as Java's BigDecimal counts them; undefined if the text is no number. */
export function digitsIn(text: string): { readonly precision: number; readonly scale: number } | undefined {
  const match = /^[+-]?(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,10}))?$/.exec(text);
  if (match === null) return undefined;
  const whole = match[1] ?? '';
  const fraction = match[2] ?? match[3] ?? '';
  const digits = (whole + fraction).replace(/^0+/, '');
  return { precision: Math.max(1, digits.length), scale: fraction.length - Number(match[4] ?? 0) };
}
