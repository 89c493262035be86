import { type DataType, parseType } from '../../lib/schema/index.js';
import type { GoldenError, GoldenRows } from './case.js';
import { decode, encode } from './values.js';

/** What was got where an error came. */
export interface GotError {
  /** Which of Spark's conditions it may be. */
  readonly conditions: readonly string[];
  readonly message: string;
}

/** What was got: columns with Spark's names of types, values as the vectors write them. */
export interface GotRows {
  readonly schema?: readonly (readonly [name: string, type: string])[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: GotError;
}

/** How strictly values are compared. */
export interface Leniency {
  /** Doubles may differ by this, relatively. */
  readonly tolerance?: number;
  /** Arrays are sets: the order of their elements does not count. */
  readonly sets?: boolean;
}

/** What is different, in words; undefined if nothing is. */
export type Difference = string | undefined;

/**
 * Errors are the same where both are errors of the same last condition. Names such as `_LEGACY_ERROR_TEMP_1228` mean
 * nothing; where there is no other, any error will do. The phase does not count.
 */
export function compareError(expected: GoldenError | undefined, got: GotError | undefined): Difference {
  if (expected === undefined) return got === undefined ? undefined : `an error: ${got.message}`;
  const condition = expected.conditions?.at(-1);
  if (got === undefined) return `no error, but ${condition ?? expected.message ?? 'one'} was expected`;
  if (condition === undefined || condition.startsWith('_LEGACY_ERROR_TEMP_')) return undefined;
  return got.conditions.includes(condition) ? undefined : `not ${condition}, but ${got.message}`;
}

export function compareRows(expected: GoldenRows, got: GotRows, leniency: Leniency = {}): Difference {
  if (expected.error !== undefined || got.error !== undefined) return compareError(expected.error, got.error);
  const { schema = [], rows = [] } = expected;
  const types = compareText(schema, got.schema ?? [], 'schema');
  if (types !== undefined) return types;
  const columns = schema.map(([, type]) => parseType(type));
  const wanted = rows.map((row) => columns.map((type, c) => normal(type, row[c], leniency)));
  const found = (got.rows ?? []).map((row) => columns.map((type, c) => normal(type, row[c], leniency)));
  if (wanted.length !== found.length) return `${found.length} rows, not ${wanted.length}`;
  if (expected.ordered === false) {
    for (const list of [wanted, found]) list.sort((a, b) => compareTexts(JSON.stringify(a), JSON.stringify(b)));
  }
  for (let i = 0; i < wanted.length; i++) {
    for (let c = 0; c < columns.length; c++) {
      if (!sameValue(wanted[i]![c], found[i]![c], leniency.tolerance)) {
        return `row ${i}, column ${schema[c]![0]}: ${JSON.stringify(found[i]![c])}, not ${JSON.stringify(wanted[i]![c])}`;
      }
    }
  }
  return undefined;
}

/** Whether two values are the same, both as the vectors write them. */
export function compareValue(type: DataType, expected: unknown, got: unknown, leniency: Leniency = {}): Difference {
  const [wanted, found] = [normal(type, expected, leniency), normal(type, got, leniency)];
  if (sameValue(wanted, found, leniency.tolerance)) return undefined;
  return `${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`;
}

export function compareText(expected: unknown, got: unknown, what: string): Difference {
  const [wanted, found] = [JSON.stringify(expected), JSON.stringify(got)];
  return wanted === found ? undefined : `${what}: ${found}, not ${wanted}`;
}

/** A value in the one way of writing it: floats in fewest digits, sets in order. */
function normal(type: DataType, json: unknown, { sets = false }: Leniency): unknown {
  const value = encode(type, decode(type, json));
  if (!sets || !Array.isArray(value)) return value;
  return value.map((v) => JSON.stringify(v)).sort(compareTexts);
}

function sameValue(a: unknown, b: unknown, tolerance: number | undefined): boolean {
  if (tolerance !== undefined && typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  }
  return JSON.stringify(a) === JSON.stringify(b);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
