import type { Observable, Observer } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { type Bound, type Expression, Scope, printExpression, resolve } from '../lib/expressions/index.js';
import { call } from '../lib/expressions/tree.js';
import { planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { custom, nonEmptyText, parseOptions, isSink } from '../lib/options/index.js';
import { type PlanNode, mergedEventTime, settingsOf } from '../lib/plan/index.js';
import { isTyped } from '../lib/plan/used-columns.js';
import { type Schema, simpleString, structOf } from '../lib/schema/index.js';
import { statefulJoin } from '../lib/stateful.js';
import { eventColumnOf } from './columns/event-millis.js';
import { type JoinInputs, type Side, joinCondition, withoutKey } from './joins/condition.js';
import { type JoinOn, conditionOf, isNames, joinSpec, matchable } from './joins/options.js';
import { checkBounded, retentionOf } from './joins/retention.js';
import { eventColumns, joinOutput } from './joins/output.js';
import { type JoinType, type JoinedRow, isOuter, kindOf } from './joins/types.js';
import { JoinedBatches, type SideOptions } from './joins/joined-batches.js';

export interface JoinOptions<Using extends string, As extends readonly [string, string], Type extends JoinType> {
  /**
   * Which rows belong together: a condition, or the names of columns that both sides have and that have to be equal. In a
   * condition the sides are called as `as` says; names that one side only has need no side. Something has to be equal.
   * Null is equal to nothing (but `<=>`).
   */
  on: JoinOn<Using>;
  /**
   * What comes out besides the pairs: `'inner'` (the default) nothing, `'left'`, `'right'` and `'full'` (or `'outer'`)
   * rows of that side, or of both, that match nothing, with null for the other. `'leftSemi'`: rows of the left side that
   * match something, once. `'leftAnti'` is for `joinTable` only. Spark's other spellings are known, too.
   */
  type?: Type;
  /** What the flow and the other one are called. Default `['a', 'b']`. */
  as?: As;
  /** The name under which the state is kept in the checkpoint. Default `join`. */
  name?: string;
  /**
   * Sinks for rows of the sides that came too late, with every batch: it commits when they are durable. Each is this
   * operator's alone. Default: they are dropped, and counted.
   */
  lateRows?: { left?: Observer<MicroBatch>; right?: Observer<MicroBatch> };
}

const spec = {
  ...joinSpec,
  name: nonEmptyText(),
  lateRows: custom(
    (v): v is { left?: Observer<MicroBatch>; right?: Observer<MicroBatch> } =>
      typeof v === 'object' &&
      v !== null &&
      Object.entries(v).every(
        ([side, sink]) => (side === 'left' || side === 'right') && (sink === undefined || isSink(sink)),
      ),
    'sinks by side, such as { left: deadLetters }',
  ),
};

/**
 * Joins two streams: a row finds those of the other stream that came before it, with it, or will come. What came is
 * kept in the checkpoint, for ever unless the condition and watermarks say when nothing can match any more: that is when
 * both sides have `withWatermark` and either their event times are equal (or their windows), or a range is asked for:
 * `b.at BETWEEN a.at AND a.at + INTERVAL 1 HOUR`. Rows of an outer join that match nothing come when they are given up:
 * with the watermark, so where one side is silent they wait. Rows that come too late are dropped and counted.
 *
 * The columns of the left side come first, then those of the right. Columns that both have come as `a.id` and `b.id`:
 * `selectExpr('a.id AS id')`, `row['a.id']`. Those of `on: ['id']` come once, and first. Operators right below can name all
 * columns by their side, too. The order of rows within a batch is not said.
 *
 * Throws SCHEMA_REQUIRED where the columns of a side are not known, INVALID_EXPRESSION, UNKNOWN_COLUMN, INVALID_OPTION,
 * and UNSUPPORTED_PIPELINE where an outer or semi join would keep all rows for ever or nothing has to be equal;
 * UNSUPPORTED_OUTPUT_MODE at the start: an outer join only appends.
 *
 * @example
 * ```ts
 * impressions$.pipe(
 *   withWatermark('at', '10 minutes'),
 *   join(clicks$.pipe(withWatermark('at', '20 minutes')), {
 *     on: 'a.id = b.id AND b.at BETWEEN a.at AND a.at + INTERVAL 1 HOUR',
 *     type: 'leftOuter',
 *   }),
 * );
 * ```
 */
export function join<
  Row,
  Other,
  const Using extends keyof Row & keyof Other & string = never,
  const As extends readonly [string, string] = readonly ['a', 'b'],
  Type extends JoinType = 'inner',
>(
  other: Observable<MicroBatch<Other>>,
  options: JoinOptions<Using, As, Type>,
): FlowOperator<Row, JoinedRow<Row, Other, Using, As, Type>> {
  const parsed = parseOptions('join', options, spec);
  const { on, type = 'inner', as = ['a', 'b'], name = 'join', lateRows = {} } = parsed;
  const kind = kindOf(type);
  if (kind === 'anti') {
    const message =
      'join: that a row of a stream matches nothing is known when the other stream is over. Use a left join, and of its ' +
      'rows those where the right side is null; with a table use joinTable.';
    throw new SluiceError('UNSUPPORTED_PIPELINE', message);
  }
  const using = isNames(on) ? on : [];
  const tree = conditionOf(on, as);
  return (source) => {
    const whole = { left: planOf(source as never), right: planOf(other as never) };
    const inputs: JoinInputs = { left: knownSchema(whole.left), right: knownSchema(whole.right), as };
    const settings = settingsOf(whole.left);
    const { timeZone } = settings;
    const condition = joinCondition(tree, inputs, settings);
    if (condition.keys.length === 0) throw withoutKey('join', as);
    const times = {
      left: eventColumnOf('join', whole.left.eventTime),
      right: eventColumnOf('join', whole.right.eventTime),
    };
    const retention = retentionOf(condition, inputs, times, timeZone);
    checkBounded(kind, condition, inputs, times, timeZone);
    const plans = { left: planFor('left'), right: planFor('right') };

    const output = joinOutput(inputs, kind, using);
    const sides = { left: sideOptions('left'), right: sideOptions('right') };
    const input = mergedEventTime(new Map(), [whole.left.eventTime, whole.right.eventTime]);
    const marks = (mark: number): number[] =>
      [retention.left, retention.right].flatMap((one) => (one?.by === 'column' ? [one.watermark(mark)] : []));

    return statefulJoin(
      {
        op: 'join',
        detail: `${type} on ${printExpression(tree)}`,
        inputs: [plans.left, plans.right],
        schema: output.schema,
        hidden: output.hidden,
        eventTime: input && {
          columns: eventColumns(output, inputs, { left: whole.left.eventTime, right: whole.right.eventTime }),
          watermark: (global) => {
            const mark = input.watermark(global);
            return mark === null ? null : Math.min(mark, ...marks(mark));
          },
        },
        traits: { role: { kind: 'join', outer: isOuter(kind, 'left') || isOuter(kind, 'right') } },
      },
      {
        name,
        operatorName: 'symmetricHashJoin',
        noDataBatch: () => (retention.left === undefined && retention.right === undefined ? 'never' : 'watermark'),
        onComplete: () => {
          lateRows.left?.complete();
          lateRows.right?.complete();
        },
        start: (state) => {
          let batches: JoinedBatches | undefined;
          return (batch, now) => {
            batches ??= new JoinedBatches({ kind, inputs, condition, output, sides }, state);
            return batches.take(batch, now);
          };
        },
      },
    );

    function planFor(side: Side): PlanNode {
      return isOuter(kind, side) ? whole[side] : matchable(whole[side], condition, side);
    }

    function sideOptions(side: Side): SideOptions {
      const terms = isOuter(kind, side) ? condition.own[side] : [];
      const filter = terms.length === 0 ? undefined : resolveAll(terms, inputs[side]);
      return { time: times[side]?.name, retention: retention[side], filter, lateRows: lateRows[side] };
    }

    function resolveAll(terms: readonly Expression[], schema: Schema): Bound {
      return resolve(
        terms.reduce((all, term) => call('and', [all, term])),
        Scope.of(schema),
        settings,
      );
    }
  };
}

/** The columns of a side, which have to be known, with their types. */
function knownSchema({ op, schema }: PlanNode): Schema {
  if (schema !== undefined && isTyped(schema)) return schema;
  const unknown = schema?.fields.filter((f) => !isTyped(f.type)) ?? [];
  const what =
    schema === undefined
      ? `The columns of ${op} are not known before it runs.`
      : `The types of columns of ${op} are not known: ${simpleString(structOf(unknown))}.`;
  const message = `join: ${what} Rows are kept in those: declare them, for example with mapRows(fn, { schema: 'id LONG, at TIMESTAMP' }).`;
  throw new SluiceError('SCHEMA_REQUIRED', message, { details: { operator: op } });
}
