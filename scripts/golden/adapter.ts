import { SluiceError } from '../../lib/errors/index.js';
import type { Table } from '../../lib/columns/index.js';
import { ExpressionError } from '../../lib/expressions/errors.js';
import { readerOf } from '../../lib/expressions/vector.js';
import { simpleString } from '../../lib/schema/index.js';
import type { GoldenCase } from './case.js';
import type { Difference, GotError, GotRows } from './compare.js';
import { encode } from './values.js';

/** How the cases of some topics are run and judged. */
export interface Adapter<Case extends GoldenCase = GoldenCase, Got = unknown> {
  readonly area: string;
  /** The topics it takes; all of the area that no other adapter takes, if it names none. */
  readonly topics?: readonly string[];
  /** What comes of a case, in a form that can be written as JSON. Throws `NotRun`. */
  run(given: Case): Promise<Got> | Got;
  compare(given: Case, got: Got): Difference;
}

/** A case asks for what does not exist here. */
export class NotRun extends Error {}

/** The rows of tables with the same schema, as the vectors write them. */
export function encodeTables(tables: readonly Table[]): GotRows {
  const [first] = tables;
  if (first === undefined) throw new RangeError('a table is needed for its schema');
  const { fields } = first.schema;
  const rows = tables.flatMap((table) => {
    const readers = table.columns.map(readerOf);
    return Array.from({ length: table.numRows }, (_, i) => fields.map((f, c) => encode(f.type, readers[c]!(i))));
  });
  return { schema: fields.map((f) => [f.name, simpleString(f.type)] as const), rows };
}

/** Settings of Spark that are options of files here. */
const asOptions: Readonly<Record<string, string>> = {
  'spark.sql.session.timeZone': 'timeZone',
  'spark.sql.sources.partitionColumnTypeInference.enabled': 'partitionColumnTypeInference',
  'spark.sql.columnNameOfCorruptRecord': 'columnNameOfCorruptRecord',
  'spark.sql.legacy.csv.enableDateTimeParsingFallback': 'enableDateTimeParsingFallback',
};

/** The options of a case, with what its settings say where it gives none. Throws `NotRun` for other settings. */
export function withSettings(
  options: Readonly<Record<string, string>>,
  conf: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const settings = Object.entries(conf).map(([name, value]) => {
    const option = asOptions[name];
    if (option === undefined) throw new NotRun(`the setting ${name}`);
    return [option, value] as const;
  });
  return { ...Object.fromEntries(settings), ...options };
}

/** Throws `NotRun` where an error says that there is no such option, or not for this format. */
export function checkFeature(error: unknown): void {
  if (!(error instanceof SluiceError) || error.code !== 'UNKNOWN_OPTION') return;
  throw new NotRun(`the option ${String(error.details['option'])}`);
}

/**
 * An error of this library, or of an aggregate; `conditions` telling what some of its codes may be in Spark. Any other error is a fault,
 * and goes on.
 */
export function gotError(error: unknown, conditions: Readonly<Record<string, readonly string[]>> = {}): GotError {
  if (error instanceof ExpressionError) return { conditions: [error.condition], message: error.message };
  if (!(error instanceof SluiceError)) throw error;
  const { condition } = error.details as { condition?: string };
  const known = condition === undefined ? (conditions[error.code] ?? []) : [condition];
  return { conditions: known, message: `${error.code}: ${error.message}` };
}
