import { type BytesColumn, type Column, columnFrom } from '../../../../lib/columns/index.js';
import { UTC } from '../../../../lib/datetime/zone.js';
import { ExpressionError } from '../../../../lib/expressions/errors.js';
import { type DocumentOptions, JsonDocuments } from '../../../../lib/formats/json/documents.js';
import { jsonReadOptions } from '../../../../lib/formats/json/options.js';
import { appendDecimal } from '../../../../lib/formats/scan/decimals.js';
import { TimeReader } from '../../../../lib/formats/scan/times.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { type StructType, parseTypeOrSchema, string } from '../../../../lib/schema/index.js';

export const grammar = parseOptions('x', {}, jsonReadOptions);

export const texts = (values: readonly (string | null)[]): BytesColumn => columnFrom(string(), values) as BytesColumn;

export const valuesOf = (column: Column): unknown[] => Array.from({ length: column.length }, (_, i) => column.get(i));

export const documentsOf = (type: string, options: Partial<DocumentOptions> = {}): JsonDocuments =>
  new JsonDocuments(parseTypeOrSchema(type) as StructType, {
    grammar,
    times: new TimeReader(UTC, { dayNumbers: true }),
    quotedDecimals: appendDecimal,
    failFast: false,
    corruptField: '_corrupt_record',
    ...options,
  });

/** As from_json. */
export const decoded = (type: string, documents: readonly (string | null)[], options?: Partial<DocumentOptions>) =>
  valuesOf(documentsOf(type, options).decode(texts(documents)));

export function conditionOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ExpressionError) return error.condition;
    throw error;
  }
  throw new Error('nothing was thrown');
}
