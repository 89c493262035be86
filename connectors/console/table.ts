import type { Table } from '../../lib/columns/index.js';
import { pretty } from './pretty.js';

/**
 * Draws the first `numRows` rows as `Dataset.show` does. Cells longer than `width` are cut, and aligned to the right;
 * with 0 they are whole, and aligned to the left.
 */
export function drawTable(table: Table, numRows: number, width: number): string {
  const shown = Math.min(numRows, table.numRows);
  const columns = table.schema.fields.map(({ name, type }, c) => {
    // As in Spark the header is not cut.
    const cells = [escapeControls(name)];
    for (let i = 0; i < shown; i++) cells.push(cut(escapeControls(pretty(table.columns[c]!.get(i), type)), width));
    return align(cells, width > 0);
  });
  const line = (cells: readonly string[], edge: string): string => `${edge}${cells.join(edge)}${edge}\n`;
  const rule = line(
    columns.map(([header]) => '-'.repeat(halfWidth(header!))),
    '+',
  );
  const rows = Array.from({ length: shown + 1 }, (_, i) =>
    line(
      columns.map((cells) => cells[i]!),
      '|',
    ),
  );
  const more = table.numRows > shown ? `only showing top ${shown} ${shown === 1 ? 'row' : 'rows'}\n` : '';
  return rule + rows[0]! + rule + rows.slice(1).join('') + rule + more;
}

/** Pads cells to the widest of them, three at least. */
function align(cells: readonly string[], right: boolean): string[] {
  const width = cells.reduce((most, cell) => Math.max(most, halfWidth(cell)), 3);
  return cells.map((cell) => {
    const blanks = ' '.repeat(width - halfWidth(cell));
    return right ? blanks + cell : cell + blanks;
  });
}

function cut(cell: string, width: number): string {
  if (width === 0 || cell.length <= width) return cell;
  return width < 4 ? cell.slice(0, width) : `${cell.slice(0, width - 3)}...`;
}

/** Spark's list of the characters that take two places on a terminal. */
const fullWidth = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;

const halfWidth = (text: string): number => text.length + (text.match(fullWidth)?.length ?? 0);

const controls: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\v': '\\v',
  '\x07': '\\a',
};

const controlCharacters = new RegExp(`[${Object.keys(controls).join('')}]`, 'g');

/** What would break the lines of the table is shown as its escape. */
const escapeControls = (text: string): string => text.replace(controlCharacters, (c) => controls[c]!);
