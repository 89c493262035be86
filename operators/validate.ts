import { inspect } from 'node:util';
import { Observable, type Observer } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import type { Table } from '../lib/columns/index.js';
import { type DeadLetterRow, deadLetters } from '../lib/connect/dead-letter.js';
import { SluiceError } from '../lib/errors/index.js';
import { type Expr, type ExpressionSettings, printExpression, toTree } from '../lib/expressions/index.js';
import { type FlowOperator, failBatch, flowOperator } from '../lib/operator.js';
import { custom, nonEmptyText, parseOptions, required, isSink } from '../lib/options/index.js';
import { settingsOf } from '../lib/plan/index.js';
import { Decimal } from '../lib/schema/index.js';
import { keepRows } from './columns/runner.js';
import { hiddenOf } from './columns/hidden-rows.js';
import { columnsIn, isTyped, typedFor, withColumnsIn } from '../lib/plan/used-columns.js';
import { type Rule, RuleCheck, type Verdict } from './validate-rules.js';

export interface ValidateOptions {
  /** Conditions that every row has to fulfil, by name: SQL text or expressions. */
  rules: Readonly<Record<string, Expr | string>>;
  /**
   * What becomes of a row that breaks a rule: `'fail'` stops the query with VALIDATION_FAILED, `'drop'` leaves the row
   * out, a sink takes it.
   */
  otherwise: 'fail' | 'drop' | Observer<MicroBatch<DeadLetterRow>>;
  /** The name under which the progress counts. Default `validate`. */
  name?: string;
}

const spec = {
  rules: required(
    custom(
      (v): v is ValidateOptions['rules'] => typeof v === 'object' && v !== null && Object.keys(v).length > 0,
      'an object of at least one rule',
    ),
  ),
  otherwise: required(
    custom(
      (v): v is ValidateOptions['otherwise'] => v === 'fail' || v === 'drop' || isSink(v),
      "'fail', 'drop' or a sink",
    ),
  ),
  name: nonEmptyText(),
};

/**
 * Checks rules of quality. A row keeps a rule if its condition is true. One that is false, or null because a value is
 * missing, is broken: what is not known to hold does not hold, as with `where` and in the constraints and expectations
 * of data lakes (SQL's CHECK lets nulls pass). Where a value may be missing, the rule says so: `'age IS NULL OR age > 0'`.
 *
 * With `otherwise: 'fail'` the batch and its query fail with VALIDATION_FAILED, which names the rules, how many rows
 * break them, and the first one. With `'drop'` such rows are left out. A sink gets them as dead letters, of the columns
 * `record` (the row as JSON), `source` (the name of the validation), `position`, `error`, `rules` and `batch_id`: the
 * batch commits only when they are durable, and a replay leaves each once if the sink is exactly-once. The sink is this
 * operator's alone, and is closed with the query.
 *
 * The progress counts in `observedMetrics[name]`: `{ rows, broken, rules: { positive: 3 } }`.
 *
 * Throws UNKNOWN_OPTION, INVALID_OPTION or MISSING_OPTION; INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a
 * flow whose schema is known, else with the first batch.
 *
 * @example
 * ```ts
 * orders$.pipe(
 *   validate({
 *     rules: { positive: 'amount > 0', known: col('shop').isNotNull() },
 *     otherwise: fileSink({ format: 'json', path: 'bad/' }),
 *   }),
 * );
 * ```
 */
export function validate<Row>(options: ValidateOptions): FlowOperator<Row, Row> {
  const { rules: given, otherwise, name = 'validate' } = parseOptions('validate', options, spec);
  const rules = Object.entries(given).map(([rule, condition]): Rule => ({ name: rule, condition: toTree(condition) }));
  const trees = rules.map((rule) => rule.condition);
  return flowOperator((input) => {
    const settings = settingsOf(input);
    if (input.schema !== undefined && isTyped(input.schema)) new RuleCheck(rules, settings).compile(input.schema);
    return {
      op: 'validate',
      detail: `${rules.map(describe).join('; ')}; otherwise: ${describeOtherwise(otherwise)}`,
      schema: input.schema,
      hidden: input.hidden,
      eventTime: input.eventTime,
      traits: { observes: name },
      // A dead letter holds the whole row.
      needs: (wanted) => (typeof otherwise === 'string' ? withColumnsIn(trees, wanted, input.schema) : 'all'),
      connect: ([source]) =>
        new Observable((subscriber) => {
          const validation = new Validation(name, rules, otherwise, settings);
          return source!.subscribe({
            next: (batch) => {
              let out: MicroBatch;
              try {
                out = validation.take(batch);
              } catch (error) {
                failBatch(subscriber, batch, error);
                return;
              }
              subscriber.next(out);
            },
            error: (error: unknown) => subscriber.error(error),
            complete: () => {
              if (typeof otherwise !== 'string') otherwise.complete();
              subscriber.complete();
            },
          });
        }),
    };
  });
}

const describe = ({ name, condition }: Rule): string => `${name}: ${printExpression(condition)}`;

function describeOtherwise(otherwise: ValidateOptions['otherwise']): string {
  if (typeof otherwise === 'string') return otherwise;
  const { op = 'observer', detail = '' } = otherwise as { readonly op?: string; readonly detail?: string };
  return `${op} ${detail}`.trimEnd();
}

/** One run of a validation. */
class Validation {
  private readonly check: RuleCheck;

  constructor(
    private readonly name: string,
    private readonly rules: readonly Rule[],
    private readonly otherwise: ValidateOptions['otherwise'],
    private readonly settings: ExpressionSettings,
  ) {
    this.check = new RuleCheck(rules, settings);
  }

  /** The batch with the rows that keep the rules. */
  take(batch: MicroBatch): MicroBatch {
    const { isColumnar } = batch;
    const { table } = batch;
    // Rows without a schema have no columns where there are none.
    const empty = batch.untyped && batch.numRows === 0;
    const verdict = empty ? this.nothing : this.check.check(this.typed(table), batch.facts);
    const { good, bad, counts } = verdict;
    batch.query.observe(this.name, { rows: table.numRows, broken: bad.length, rules: counts });
    if (this.otherwise === 'fail' && bad.length > 0) throw this.failure(batch, verdict);
    if (typeof this.otherwise !== 'string') this.otherwise.next(this.lettersOf(batch, verdict));
    if (bad.length === 0) return batch;
    const kept = isColumnar ? batch.with(table.gather(good)) : keepRows(batch, good);
    return kept.withHidden(hiddenOf(batch, good));
  }

  private get nothing(): Verdict {
    const none = new Int32Array(0);
    const counts = Object.fromEntries(this.rules.map((rule) => [rule.name, 0]));
    return { good: none, bad: none, counts, brokenBy: () => [] };
  }

  private typed(table: Table): Table {
    return typedFor(
      this.rules.map((rule) => rule.condition),
      table,
    );
  }

  /** A batch comes of every batch, so that the sink sees each of them, and a replay replaces what was there. */
  private lettersOf(batch: MicroBatch, { bad, brokenBy }: Verdict): MicroBatch<DeadLetterRow> {
    const letters = Array.from(bad, (row) => {
      const rules = brokenBy(row);
      return {
        position: `batch ${batch.id}, row ${row}`,
        error: rules.map(describe).join('; '),
        rules: rules.map((rule) => rule.name),
      };
    });
    return batch.with<DeadLetterRow>(
      deadLetters(batch.table.gather(bad), letters, this.name, batch.facts, this.settings),
    );
  }

  private failure(batch: MicroBatch, { bad, counts, brokenBy }: Verdict): SluiceError {
    const { table } = batch;
    const row = bad[0]!;
    const broken = this.rules.filter((rule) => counts[rule.name]! > 0);
    const said = broken.map((rule) => `${describe(rule)} (${counts[rule.name]!})`).join('; ');
    const looked = columnsIn(
      brokenBy(row).map((rule) => rule.condition),
      table.schema,
    );
    const example = [...looked].map((column) => `${column} = ${show(table.column(column).get(row))}`).join(', ');
    return new SluiceError(
      'VALIDATION_FAILED',
      `${this.name}: ${bad.length} of ${table.numRows} rows of batch ${batch.id} break rules: ${said}. ` +
        `The first is row ${row}: ${example}.`,
      { details: { batchId: batch.id, rows: table.numRows, broken: bad.length, rules: counts, row } },
    );
  }
}

/** A value in an error: no more of it than is needed to find it. */
function show(value: unknown): string {
  const text = value instanceof Decimal ? String(value) : inspect(value, { depth: 1, breakLength: Infinity });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
