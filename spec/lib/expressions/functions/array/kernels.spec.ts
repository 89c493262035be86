import fc from 'fast-check';
import { Frame, Scope, evaluate, factsOf, parseExpression, resolve } from '../../../../../lib/expressions/index.js';
import { evaluateRow } from '../../../../../lib/expressions/row.js';
import { defaultSettings } from '../../../../../lib/expressions/settings.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../../../lib/expressions/vector.js';
import { parseDdl } from '../../../../../lib/schema/index.js';
import { valueOf } from '../../random-values.js';

const schema = parseDdl(
  'a ARRAY<INT>, b ARRAY<INT>, d ARRAY<DOUBLE>, t ARRAY<STRING>, aa ARRAY<ARRAY<INT>>, m MAP<STRING, INT>, i INT, s STRING, x BINARY',
);
const expressions = [
  'transform(a, x -> coalesce(x, 0) + 1 > i)',
  "transform(t, (x, k) -> concat(x, '/', k))",
  'transform(aa, y -> transform(y, x -> x > i))',
  'transform(array(1, 2), x -> x > i)',
  'transform(a, x -> 7)',
  'filter(a, x -> x > i)',
  'filter(t, (x, k) -> k > 0)',
  'filter(aa, y -> size(y) > 1)',
  'exists(a, x -> x > i)',
  'forall(a, x -> x > i)',
  'exists(d, x -> 1 / x > 0)',
  'forall(a, x -> NULL)',
  'array_contains(a, 1)',
  'array_contains(a, i)',
  "array_contains(t, 'abc')",
  'array_contains(array(1, 2, NULL), i)',
  'size(a)',
  'size(m)',
  'element_at(a, 1)',
  'element_at(a, i)',
  'element_at(array(1, 2), i)',
  "element_at(m, 'abc')",
  'element_at(m, s)',
  "element_at(map('a', 1, 'abc', 2), s)",
  'map_keys(m)',
  'map_values(m)',
  "concat(s, '-', i)",
  'concat(x, x)',
  'concat(s, NULL)',
  'concat(a, b, array(i))',
  'struct(i, s AS t, a)',
  'hash(i, s, a, x)',
  "xxhash64(d, 'abc', t)",
  'aggregate(a, 0L, (acc, x) -> acc + coalesce(x, 0))',
  'zip_with(a, b, (x, y) -> x > y)',
  'transform_values(m, (k, v) -> v > i)',
  'map_filter(m, (k, v) -> v > i)',
  'array_sort(a, (x, y) -> CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END)',
];

/** Values, or the word error: with several errors it is open which comes first. */
function outcome(compute: () => Value[]): Value[] | 'error' {
  try {
    return compute();
  } catch {
    return 'error';
  }
}

describe('functions over nested columns give what they give row by row', () => {
  const n = 9;
  const rows = fc.array(fc.tuple(...schema.fields.map((f) => fc.option(valueOf(f.type), { freq: 4 }))), {
    minLength: n + 3,
    maxLength: n + 3,
  });

  it.each(expressions)('%s', (sql) => {
    fc.assert(
      fc.property(rows, fc.boolean(), (values, ansi) => {
        const bound = resolve(parseExpression(sql), Scope.of(schema), { ...defaultSettings, ansi });
        // Cut out of longer columns: offsets do not begin at 0.
        const columns = schema.fields.map((f, c) =>
          columnOf(
            f.type,
            values.map((row) => row[c]!),
          ).slice(2, n + 2),
        );
        const batch = factsOf(0, 0, 'q');
        const readers = columns.map(readerOf);
        const wanted = outcome(() =>
          Array.from({ length: n }, (_, row) =>
            evaluateRow(bound, {
              batch,
              input: (index) => readers[index]!(row),
              variable: () => null,
            }),
          ),
        );
        const got = outcome(() => {
          const read = readerOf(evaluate(bound, new Frame(columns, n, batch)));
          return Array.from({ length: n }, (_, row) => read(row));
        });
        if (wanted === 'error') expect(got).toBe('error');
        else expect(got).toEqual(Array.from({ length: n }, (_, row) => readerOf(columnOf(bound.type, wanted))(row)));
      }),
      { numRuns: 6 },
    );
  });
});
