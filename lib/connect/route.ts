import type { Observer } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import type { Expr } from '../expressions/index.js';
import { printExpression } from '../expressions/index.js';
import { isTyped } from '../plan/used-columns.js';
import { Branch, type BranchOptions } from './branch.js';
import { SeveralWriter, severalSinks } from './fan-out.js';
import { type RowCondition, RowRouter, toTest } from './row-router.js';
import { type Sink, defineSink } from './sink.js';

/** Stands for a condition that every row fulfils: `route([…, [otherwise, sink]])`. */
export const otherwise: unique symbol = Symbol('otherwise');

/** Which rows, and where they go. A condition is SQL text, an expression, or a function. */
export type Route<Row = Record<string, unknown>> = readonly [
  condition: Expr | string | RowCondition<Row> | typeof otherwise,
  to: Observer<MicroBatch<Row>> | BranchOptions<Row>,
];

/**
 * Hands each row to the sink of the first condition that it fulfils: true, neither false nor null. A condition is
 * tried on the rows that none before it took. Rows that fulfil none go to the sink of `otherwise`, which stands last;
 * without it they are left out, and the progress counts them as `unmatched`.
 *
 * Every sink gets a batch of every batch, empty ones too. They commit together, as with `fanOut`: one read, one commit
 * when all is durable, and a replay gives each sink each of its rows once. A sink may have options:
 * `[condition, { to: sink, name: 'big', onError: 'continue' }]`.
 *
 * Conditions are SQL of the default settings, whatever `session` says above. They have to be deterministic, or a
 * replay may send a row elsewhere.
 *
 * Throws MISSING_OPTION, INVALID_OPTION, UNKNOWN_OPTION, DUPLICATE_NAME, UNSUPPORTED_OUTPUT_MODE, and
 * INVALID_EXPRESSION or UNKNOWN_COLUMN when the query starts or, where the columns are not known by then, with its
 * first rows. What a function throws is USER_FUNCTION_FAILED.
 *
 * @example
 * ```ts
 * orders$.subscribe(
 *   route([
 *     ['amount > 100', fileSink({ format: 'parquet', path: 'big/' })],
 *     [(order) => order.shop.startsWith('test'), noopSink()],
 *     [otherwise, fileSink({ format: 'csv', path: 'small/' })],
 *   ]),
 * );
 * ```
 */
export function route<Row = Record<string, unknown>>(routes: readonly Route<Row>[]): Sink<Row> {
  if (!areRoutes(routes)) {
    throw new SluiceError('INVALID_OPTION', 'route: expected a list of [condition, sink], at least one.');
  }
  const rest = routes.findIndex(([condition]) => condition === otherwise);
  if (rest >= 0 && rest < routes.length - 1) {
    throw new SluiceError(
      'INVALID_OPTION',
      'route: `otherwise` takes all rows that are left, so it stands last, once.',
    );
  }
  const conditions = routes.flatMap(([condition]) => (condition === otherwise ? [] : [condition]));
  const tests = conditions.map(toTest);
  const branches = Branch.all(
    'route',
    routes.map(([, to]) => to),
  );
  const labels = tests.map((test) => ('tree' in test ? printExpression(test.tree) : test.fn.name || 'a function'));
  return defineSink<Row>({
    ...severalSinks('route', branches, (branch, i) => branch.explained(labels[i] ?? 'otherwise')),
    check: (schema) => {
      if (isTyped(schema)) new RowRouter(tests).compile(schema);
    },
    open: () => {
      const router = new RowRouter(tests);
      const counts: Record<string, number> = {};
      const writer = new SeveralWriter<Row>(branches, (batch) => {
        const parts = router.deal(batch as MicroBatch<never>) as readonly MicroBatch<Row>[];
        if (rest < 0) counts['unmatched'] = parts[conditions.length]!.numRows;
        return parts;
      });
      return {
        write: (batch) => writer.write(batch),
        outputRows: () => writer.outputRows(),
        metrics: () => ({ ...writer.metrics(), ...counts }),
      };
    },
  });
}

const areRoutes = (given: unknown): boolean =>
  Array.isArray(given) && given.length > 0 && given.every((one) => Array.isArray(one) && one.length === 2);
