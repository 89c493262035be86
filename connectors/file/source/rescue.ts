import { type Column, Table, columnFrom } from '../../../lib/columns/index.js';
import { rowsAsJson } from '../../../lib/connect/dead-letter.js';
import { type Field, field, string, structOf } from '../../../lib/schema/index.js';

/** Where values go that have no column of their own, or do not fit it. */
export const rescuedColumn = field('_rescued_data', string());

export interface RescueOptions {
  readonly path: string;
  /** The columns of the file that the query does not have. */
  readonly extras: readonly Field[];
  /** Those of text whose values may be malformed. */
  readonly typed: readonly Field[];
  /** The name of the column with the records that have some. */
  readonly corruptName: string | undefined;
  /** Malformed records again, with all values as texts; undefined if they cannot be told apart. */
  readonly reread: (records: readonly string[]) => Table | undefined;
}

/** What is put under this name where nobody can tell which value is wrong. */
const wholeRecord = '_corrupt_record';

/** Adds the column of what would be lost: JSON of the values by name, and of the path of the file as `_file_path`. */
export function rescued(table: Table, options: RescueOptions): { readonly column: Column; readonly count: number } {
  const { extras, path, corruptName } = options;
  const texts = new Array<string | null>(table.numRows).fill(null);
  if (extras.length > 0) {
    const json = rowsAsJson(table.select(extras.map((f) => f.name)));
    for (let i = 0; i < texts.length; i++) {
      const text = json.get(i) as string;
      if (text !== '{}') texts[i] = text;
    }
  }
  const corrupt = corruptName === undefined ? undefined : table.column(corruptName);
  if (corrupt !== undefined)
    for (const [row, text] of malformedOf(table, corrupt, options)) texts[row] = joined(texts[row], text);
  let count = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (text == null) continue;
    texts[i] = joined(text, JSON.stringify({ _file_path: path }));
    count++;
  }
  return { column: columnFrom(string(), texts), count };
}

/** By row: what did not fit. */
function malformedOf(table: Table, corrupt: Column, { typed, reread }: RescueOptions): Map<number, string> {
  const rows: number[] = [];
  for (let i = 0; i < table.numRows; i++) if (corrupt.isValid(i)) rows.push(i);
  const records = rows.map((row) => corrupt.get(row) as string);
  const again = rows.length === 0 ? undefined : reread(records);
  const values = again && rowsAsJson(misfits(table, again, rows, typed));
  return new Map(
    rows.map((row, i) => {
      const text = values?.get(i) as string | undefined;
      return [row, text === undefined || text === '{}' ? JSON.stringify({ [wholeRecord]: records[i] }) : text];
    }),
  );
}

/** The texts of values that are missing in `table`, at those rows. */
function misfits(table: Table, again: Table, rows: readonly number[], typed: readonly Field[]): Table {
  const columns = typed.map(({ name }) => {
    const read = table.column(name);
    const found = again.column(name);
    return columnFrom(
      string(),
      rows.map((row, i) => (read.isValid(row) ? null : found.get(i))),
    );
  });
  return new Table(structOf(typed.map(({ name }) => field(name, string()))), columns, rows.length);
}

/** One JSON object of two. */
const joined = (a: string | null | undefined, b: string): string => (a == null ? b : `${a.slice(0, -1)},${b.slice(1)}`);
