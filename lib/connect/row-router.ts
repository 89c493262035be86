import type { MicroBatch } from '../batch/index.js';
import type { Table } from '../columns/index.js';
import type { FixedColumn } from '../columns/index.js';
import { SluiceError } from '../errors/index.js';
import { type Compiled, Expr, type Expression, compile, toTree } from '../expressions/index.js';
import { isPromise } from '../maybe-promise.js';
import { sameColumns, typedFor } from '../plan/used-columns.js';
import type { Schema } from '../schema/index.js';

/** What a condition is told of the batch that its row is in. */
export interface RowConditionInfo {
  readonly batchId: number;
  /** When the batch was planned, in milliseconds since the epoch; the same when it is replayed. */
  readonly timestamp: number;
}

export type RowCondition<Row> = (row: Row, info: RowConditionInfo) => boolean;

export type Test = { readonly tree: Expression } | { readonly fn: RowCondition<never> };

/** A condition as the user gave it. Throws INVALID_OPTION or INVALID_EXPRESSION. */
export function toTest(condition: unknown): Test {
  if (typeof condition === 'function') return { fn: condition as RowCondition<never> };
  if (typeof condition === 'string' || condition instanceof Expr) return { tree: toTree(condition) };
  throw new SluiceError('INVALID_OPTION', 'route: a condition is SQL text, an expression, a function or `otherwise`.');
}

/** Neighbouring expressions, as one: a CASE that gives the number of the first that is true. */
interface Together {
  readonly tree: Expression;
}

interface Alone {
  readonly fn: RowCondition<never>;
  readonly number: number;
}

/** Deals the rows of a batch out by the first condition that each fulfils. */
export class RowRouter {
  private readonly steps: readonly (Together | Alone)[];
  private readonly trees: readonly Expression[];
  private last: { readonly schema: Schema; readonly compiled: readonly Compiled[] } | undefined;

  constructor(private readonly tests: readonly Test[]) {
    this.steps = stepsOf(tests);
    this.trees = this.steps.flatMap((step) => ('tree' in step ? [step.tree] : []));
  }

  /** Throws INVALID_EXPRESSION or UNKNOWN_COLUMN for conditions that make no sense over such columns. */
  compile(schema: Schema): readonly Compiled[] {
    if (this.last === undefined || !sameColumns(this.last.schema, schema)) {
      this.last = { schema, compiled: this.trees.map((tree) => compile(tree, schema)) };
    }
    return this.last.compiled;
  }

  /** A batch for each condition, and last one of the rows that fulfil none. */
  deal(batch: MicroBatch): readonly MicroBatch[] {
    // Asking for columns makes them: what came as rows goes on as rows.
    const { isColumnar, numRows } = batch;
    const numbers = this.numbersOf(batch);
    const sizes = new Int32Array(this.tests.length + 1);
    for (let i = 0; i < numRows; i++) sizes[numbers[i]!]!++;
    const selections = Array.from(sizes, (size) => new Int32Array(size));
    const filled = new Int32Array(sizes.length);
    for (let i = 0; i < numRows; i++) {
      const number = numbers[i]!;
      selections[number]![filled[number]!++] = i;
    }
    return selections.map((selection) => {
      if (selection.length === numRows) return batch;
      if (isColumnar) return batch.with(batch.table.gather(selection));
      const rows = Array.from(selection, (row) => batch.rows[row]!);
      return batch.untyped ? batch.with(rows) : batch.with(rows, batch.schema);
    });
  }

  /** By row: the number of the first condition that it fulfils, or how many there are. */
  private numbersOf(batch: MicroBatch): Int32Array {
    const { numRows } = batch;
    const none = this.tests.length;
    const numbers = new Int32Array(numRows).fill(none);
    if (numRows === 0) return numbers;
    const table = this.trees.length === 0 ? undefined : typedFor(this.trees, batch.table);
    const compiled = table === undefined ? [] : this.compile(table.schema);
    let left: Int32Array | undefined;
    let nth = 0;
    for (const [i, step] of this.steps.entries()) {
      if (i > 0) left = rowsOf(none, numbers);
      if (left?.length === 0) break;
      if ('tree' in step) {
        const found = numbersIn(compiled[nth++]!, left === undefined ? table! : table!.gather(left), batch);
        if (left === undefined) numbers.set(found);
        else for (let k = 0; k < left.length; k++) numbers[left[k]!] = found[k]!;
      } else {
        ask(step, batch, numbers, none);
      }
    }
    return numbers;
  }
}

/** The rows that have a number. */
function rowsOf(number: number, numbers: Int32Array): Int32Array {
  const rows = new Int32Array(numbers.length);
  let count = 0;
  for (let row = 0; row < numbers.length; row++) if (numbers[row] === number) rows[count++] = row;
  return rows.subarray(0, count);
}

function numbersIn(compiled: Compiled, table: Table, batch: MicroBatch): Int32Array {
  return (compiled.over(table, batch.facts) as FixedColumn).values as Int32Array;
}

function ask({ fn, number }: Alone, batch: MicroBatch, numbers: Int32Array, none: number): void {
  const info: RowConditionInfo = { batchId: batch.id, timestamp: batch.timestamp };
  const { rows } = batch;
  for (let row = 0; row < numbers.length; row++) {
    if (numbers[row] !== none) continue;
    try {
      const answer: unknown = fn(rows[row] as never, info);
      if (isPromise(answer)) throw new TypeError('it returned a promise, which is no answer');
      if (answer) numbers[row] = number;
    } catch (error) {
      const where = `route: the condition threw on row ${row} of batch ${batch.id}`;
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', where, { batchId: batch.id, row });
    }
  }
}

const int = (value: number): Expression => ({ kind: 'literal', type: { kind: 'int' }, value });

function stepsOf(tests: readonly Test[]): readonly (Together | Alone)[] {
  const steps: (Together | Alone)[] = [];
  let branches: { readonly when: Expression; readonly then: Expression }[] = [];
  const flush = (): void => {
    if (branches.length > 0) steps.push({ tree: { kind: 'case', branches, otherwise: int(tests.length) } });
    branches = [];
  };
  tests.forEach((test, number) => {
    if ('tree' in test) {
      branches.push({ when: test.tree, then: int(number) });
    } else {
      flush();
      steps.push({ fn: test.fn, number });
    }
  });
  flush();
  return steps;
}
