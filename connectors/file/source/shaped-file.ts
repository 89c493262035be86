import { Table } from '../../../lib/columns/index.js';
import { repeated } from '../../../lib/expressions/vector.js';
import { type Field, structOf } from '../../../lib/schema/index.js';
import type { OpenFile, Piece, PieceRequest } from './open-file.js';

/** A file whose tables are made into others of as many rows. */
export function shapedFile(file: OpenFile, shape: (table: Table) => Table, more?: () => Partial<Piece>): OpenFile {
  return {
    facts: file.facts,
    read: async (request: PieceRequest): Promise<Piece> => {
      const piece = await file.read(request);
      const tables = piece.tables.map(shape);
      return { ...piece, tables, ...more?.() };
    },
    close: () => file.close(),
  };
}

/** The columns of those names and types, in that order; what the table has not is null. */
export function conformed(table: Table, fields: readonly Field[]): Table {
  const columns = fields.map((f) => {
    const at = table.schema.fields.findIndex((one) => one.name === f.name);
    return table.columns[at] ?? repeated(f.type, null, table.numRows);
  });
  return new Table(structOf(fields), columns, table.numRows);
}
