import fc from 'fast-check';
import { Table } from '../../../lib/columns/index.js';
import { parseDdl } from '../../../lib/schema/index.js';
import { rowsOf, schemaOf, types } from './values.js';

const schema = schemaOf(types);
const rows = rowsOf(schema, { maxLength: 20 });

describe('a table', () => {
  it('gives back the rows that it was made from', () => {
    fc.assert(fc.property(rows, (given) => expect(Table.fromRows(given, schema).toRows()).toEqual(given)));
  });

  it('put together from its slices is the table', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(20), { maxLength: 4 }), (given, cuts) => {
        const table = Table.fromRows(given, schema);
        const at = [0, ...cuts.map((c) => Math.min(c, given.length)).sort((a, b) => a - b), given.length];
        const parts = at.slice(1).map((to, i) => table.slice(at[i]!, to));
        expect(Table.concat(parts).toRows()).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  it('put together from gathered parts keeps their order', () => {
    fc.assert(
      fc.property(
        rowsOf(schema, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(100), { maxLength: 12 }),
        (given, picks) => {
          const table = Table.fromRows(given, schema);
          const selection = Int32Array.from(picks, (p) => p % given.length);
          const twice = Table.concat([table.gather(selection), table, table.gather(selection)]);
          const picked = Array.from(selection, (k) => given[k]!);
          expect(twice.toRows()).toEqual([...picked, ...given, ...picked]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('without a schema has the properties of all rows as plain columns', () => {
    const table = Table.fromRows([{ a: 1 }, { b: 'x', a: 'y' }]);
    expect(table.schema.fields.map((f) => [f.name, f.type.kind])).toEqual([
      ['a', 'any'],
      ['b', 'any'],
    ]);
    expect(table.toRows()).toEqual([
      { a: 1, b: null },
      { a: 'y', b: 'x' },
    ]);
  });

  it('names the nearest column for one that does not exist', () => {
    const table = Table.empty(parseDdl('amount DOUBLE, shop STRING'));
    expect(() => table.column('amuont')).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
    expect(() => table.column('amuont')).toThrow("Did you mean 'amount'?");
    expect(table.select(['shop']).schema).toEqual(parseDdl('shop STRING'));
  });
});
