import { type Column, StructColumn, Table, columnFrom } from '../columns/index.js';
import type { BatchFacts } from '../expressions/functions/define.js';
import { factsOf } from '../expressions/facts.js';
import { type ExpressionSettings, compile } from '../expressions/index.js';
import { defaultSettings } from '../expressions/settings.js';
import { call } from '../expressions/tree.js';
import { field, long, string, structOf } from '../schema/index.js';

/**
 * What a dead-letter sink gets of each bad record: `record`, as it came where it is text, else as JSON; `source`, the
 * name of what found it bad; `position`, where it was; `error`, what is wrong with it; `rules`, the names of the rules
 * that it breaks, if any, with `, ` between; `batch_id`. All texts but the last, so that every sink takes them.
 */
export const deadLetterSchema = structOf([
  field('record', string()),
  field('source', string()),
  field('position', string()),
  field('error', string()),
  field('rules', string()),
  field('batch_id', long()),
]);

/** A row of `deadLetterSchema`. */
export interface DeadLetterRow {
  readonly record: string;
  readonly source: string;
  readonly position: string;
  readonly error: string;
  readonly rules: string;
  readonly batch_id: number;
}

/** What is said of a bad record. */
export interface DeadLetter {
  readonly position: string;
  readonly error: string;
  readonly rules: readonly string[];
}

/** Rows of a table as dead letters, one letter a row. */
export function deadLetters(
  rows: Table,
  letters: readonly DeadLetter[],
  source: string,
  batch: BatchFacts,
  settings: ExpressionSettings,
): Table {
  return letterTable(rowsAsJson(rows, batch, settings), letters, source, batch.id);
}

/** What is said of each of some bad records, in the columns of `deadLetterSchema`. */
export function letterTable(records: Column, letters: readonly DeadLetter[], source: string, batch: number): Table {
  const texts = (values: readonly string[]): Column => columnFrom(string(), values);
  const columns = [
    records,
    texts(letters.map(() => source)),
    texts(letters.map(({ position }) => position)),
    texts(letters.map(({ error }) => error)),
    texts(letters.map(({ rules }) => rules.join(', '))),
    columnFrom(
      long(),
      letters.map(() => batch),
    ),
  ];
  return new Table(deadLetterSchema, columns, letters.length);
}

/** Rows as JSON, as `to_json` writes them. */
export function rowsAsJson(
  { schema, columns, numRows }: Table,
  batch: BatchFacts = factsOf(0, 0, ''),
  settings: ExpressionSettings = defaultSettings,
): Column {
  const row = structOf([field('row', schema, false)]);
  const json = compile(call('to_json', [{ kind: 'name', parts: ['row'] }]), row, settings);
  return json.over(new Table(row, [new StructColumn(schema, numRows, columns)], numRows), batch);
}
