import * as fc from 'fast-check';
import type { Expression, SortKey } from '../../../lib/expressions/tree.js';

/** Random trees as the parser makes them: what is printed must be read back to the same. */
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'amount',
    'Total',
    '_x',
    'größe',
    'select',
    'from',
    'and',
    'null',
    'date',
    'interval',
    'case',
    'r',
    'x',
  ),
  fc.string({ minLength: 1, maxLength: 6 }),
);

const literal: fc.Arbitrary<Expression> = fc.oneof(
  fc.constant<Expression>({ kind: 'literal', type: { kind: 'void' }, value: null }),
  fc.boolean().map((value): Expression => ({ kind: 'literal', type: { kind: 'boolean' }, value })),
  fc.integer().map((value): Expression => ({ kind: 'literal', type: { kind: 'int' }, value })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value): Expression => ({ kind: 'literal', type: { kind: 'long' }, value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value): Expression => ({ kind: 'literal', type: { kind: 'double' }, value })),
  fc
    .string({ unit: 'binary', maxLength: 8 })
    .map((value): Expression => ({ kind: 'literal', type: { kind: 'string' }, value })),
  fc.uint8Array({ maxLength: 4 }).map((value): Expression => ({ kind: 'literal', type: { kind: 'binary' }, value })),
  fc.integer({ min: -1000, max: 1000 }).map((months): Expression => ({
    kind: 'literal',
    type: { kind: 'year_month_interval', start: 'year', end: 'month' },
    value: months,
  })),
  fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((micros): Expression => ({
    kind: 'literal',
    type: { kind: 'day_time_interval', start: 'day', end: 'second' },
    value: micros,
  })),
  fc.constantFrom('2024-02-29', '1999-1-1').map((value): Expression => ({
    kind: 'cast',
    type: { kind: 'date' },
    mode: 'literal',
    child: { kind: 'literal', type: { kind: 'string' }, value },
  })),
);

const column: fc.Arbitrary<Expression> = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .map((parts): Expression => ({ kind: 'name', parts }));

export const tree: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => {
  const node = tie('node');
  const call = (names: readonly string[], least: number, most: number): fc.Arbitrary<Expression> =>
    fc
      .tuple(fc.constantFrom(...names), fc.array(node, { minLength: least, maxLength: most }))
      .map(([called, args]): Expression => ({ kind: 'call', name: called, args }));
  const sortKey: fc.Arbitrary<SortKey> = fc.record({ child: node, descending: fc.boolean(), nullsFirst: fc.boolean() });
  return {
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      column,
      literal,
      call(
        [
          '=',
          '<=>',
          '!=',
          '<',
          '<=',
          '>',
          '>=',
          '+',
          '-',
          '*',
          '/',
          '%',
          'div',
          '||',
          '&',
          '|',
          '^',
          '<<',
          '>>',
          '>>>',
        ],
        2,
        2,
      ),
      call(['and', 'or'], 2, 2),
      call(['not', 'negative', 'positive', '~', 'isnull', 'isnotnull', 'istrue', 'isfalse', 'isunknown'], 1, 1),
      call(['like', 'ilike', 'rlike', '[]'], 2, 2),
      call(['between'], 3, 3),
      call(['in', 'like_any', 'ilike_all'], 2, 4),
      call(['upper', 'coalesce', 'no_such_function', 'trim', 'substring', 'extract', 'odd name', 'case'], 1, 3),
      fc
        .record({
          args: fc.array(node, { minLength: 1, maxLength: 2 }),
          order: fc.array(sortKey, { minLength: 1, maxLength: 2 }),
          filter: node,
        })
        .map((parts): Expression => ({ kind: 'call', name: 'percentile_disc', ...parts })),
      node.map((child): Expression => ({ kind: 'call', name: 'count', args: [child], distinct: true })),
      fc.tuple(node, fc.constantFrom('cast' as const, 'try' as const)).map(([child, mode]): Expression => ({
        kind: 'cast',
        child,
        type: { kind: 'array', element: { kind: 'int' }, containsNull: true },
        mode,
      })),
      fc
        .record({
          branches: fc.array(fc.record({ when: node, then: node }), { minLength: 1, maxLength: 2 }),
          operand: node,
          otherwise: node,
        })
        .map((parts): Expression => ({ kind: 'case', ...parts })),
      fc.tuple(fc.array(name, { minLength: 1, maxLength: 2 }), node).map(([params, body]): Expression => ({
        kind: 'call',
        name: 'transform',
        args: [{ kind: 'lambda', params, body }],
      })),
      fc.tuple(call(['f'], 1, 1), name).map(([child, field]): Expression => ({ kind: 'field', child, name: field })),
    ),
  };
}).node;

/** A tree without its places. */
export function bare<T>(value: T): T {
  if (Array.isArray(value)) return value.map(bare) as T;
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== 'place' && item !== undefined)
      .map(([key, item]) => [key, bare(item as unknown)]),
  ) as T;
}
