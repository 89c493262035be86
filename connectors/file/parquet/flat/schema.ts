import * as t from '../../../../lib/schema/index.js';
import { physical } from '../footer.js';
import { arrowHints } from './arrow-hints.js';
import type { Element, FlatFooter } from './footer.js';
import { expect } from './unusual.js';

/** A column of values that are not nested. */
export interface FlatColumn {
  readonly field: t.Field;
  readonly physical: number;
  /** Of values of a fixed length. */
  readonly byteLength: number;
}

/**
 * The columns of a file that has only flat ones, of the types that reading it through Arrow gives them. Throws Unusual
 * for other files, RangeError for a damaged Arrow schema.
 */
export function columnsOf({ elements, arrowSchema }: FlatFooter): readonly FlatColumn[] {
  const [root, ...leaves] = elements;
  expect(root !== undefined && root.numChildren === leaves.length && leaves.length > 0, 'a schema that is nested');
  const names = new Set(leaves.map(({ name }) => name));
  // A point in a name could be a path, too.
  expect(names.size === leaves.length && ![...names].some((name) => name.includes('.')), 'names that are not clear');
  const hints = arrowSchema === undefined ? undefined : arrowHints(arrowSchema);
  expect(hints === undefined || hints.length === leaves.length, 'an Arrow schema of another file');
  return leaves.map((element, i) => {
    const { name, numChildren, repetition, byteLength } = element;
    expect(numChildren === 0 && repetition <= 1 && element.physical !== undefined, 'a column that is nested');
    const [type, arrowType] = typeOf(element);
    const hint = hints?.[i];
    expect(hint === undefined || (hint.name === name && hint.type === arrowType), 'a column of another Arrow type');
    const known = t.field(name, type, repetition === 1, hint?.comment);
    return { field: known, physical: element.physical, byteLength };
  });
}

/** The type, and what an Arrow schema calls it. */
function typeOf(element: Element): [t.DataType, string] {
  const meaning = meaningOf(element);
  const key = `${element.physical} ${meaning}`;
  const simple = types[key];
  if (simple !== undefined) return simple;
  const decimal = /^decimal\((\d+),(\d+)\)$/.exec(meaning);
  const isDecimal = decimal !== null && maxPrecision(element) >= Number(decimal[1]);
  expect(isDecimal, `a column of ${meaning}`);
  const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
  expect(precision >= 1 && scale <= precision, 'a decimal of more digits than there may be');
  return [t.decimal(precision, scale), meaning];
}

function maxPrecision({ physical: stored, byteLength }: Element): number {
  if (stored === physical.int32) return 9;
  if (stored === physical.int64) return 18;
  return stored === physical.fixedBytes && byteLength >= 1 && byteLength <= 16 ? 38 : 0;
}

/** How values of a physical type are understood. */
const types: Readonly<Record<string, [t.DataType, string]>> = {
  [`${physical.boolean} none`]: [t.boolean(), 'bool'],
  [`${physical.int32} none`]: [t.int(), 'int32'],
  [`${physical.int32} int8`]: [t.byte(), 'int8'],
  [`${physical.int32} int16`]: [t.short(), 'int16'],
  [`${physical.int32} int32`]: [t.int(), 'int32'],
  [`${physical.int32} date`]: [t.date(), 'date'],
  [`${physical.int64} none`]: [t.long(), 'int64'],
  [`${physical.int64} int64`]: [t.long(), 'int64'],
  [`${physical.int64} micros utc`]: [t.timestamp(), 'timestamp_us_utc'],
  [`${physical.int64} micros`]: [t.timestampNtz(), 'timestamp_us'],
  [`${physical.float} none`]: [t.float(), 'float32'],
  [`${physical.double} none`]: [t.double(), 'float64'],
  [`${physical.bytes} none`]: [t.binary(), 'binary'],
  [`${physical.bytes} string`]: [t.string(), 'utf8'],
};

function meaningOf({ logical, converted, precision, scale }: Element): string {
  if (logical === undefined) {
    if (converted === 5) return `decimal(${precision},${scale})`;
    return converted === undefined ? 'none' : (convertedTypes[converted] ?? 'unknown');
  }
  const { id, bits, signed, adjustedToUtc, unit } = logical;
  if (id === 1) return 'string';
  if (id === 5) return `decimal(${logical.precision},${logical.scale})`;
  if (id === 6) return 'date';
  if (id === 8 && unit === 2) return adjustedToUtc ? 'micros utc' : 'micros';
  if (id === 10 && signed) return `int${bits}`;
  return 'unknown';
}

/** The older way to say what a column means. */
const convertedTypes: Readonly<Record<number, string>> = {
  0: 'string',
  6: 'date',
  10: 'micros utc',
  15: 'int8',
  16: 'int16',
  17: 'int32',
  18: 'int64',
};
