import { BooleanColumn, type Table, bitmapBytes, countOnes, getBit, ones } from '../lib/columns/index.js';
import type { BatchFacts } from '../lib/expressions/functions/define.js';
import { invalid, located } from '../lib/expressions/errors.js';
import { type Compiled, type ExpressionSettings, compile, printExpression } from '../lib/expressions/index.js';
import { positionsOf, positionsWithout } from '../lib/expressions/kernels/booleans.js';
import type { Expression } from '../lib/expressions/tree.js';
import { type Schema, simpleString } from '../lib/schema/index.js';
import { sameColumns } from '../lib/plan/used-columns.js';

/** A condition that every row has to fulfil. */
export interface Rule {
  readonly name: string;
  readonly condition: Expression;
}

/** What the rules say of the rows of a batch. */
export interface Verdict {
  /** The rows that fulfil all rules, and those that break one. */
  readonly good: Int32Array;
  readonly bad: Int32Array;
  /** By rule: how many rows break it. */
  readonly counts: Readonly<Record<string, number>>;
  /** The rules that a row breaks. */
  readonly brokenBy: (row: number) => readonly Rule[];
}

/** Rules, ready for tables as they come. */
export class RuleCheck {
  private last: { readonly schema: Schema; readonly conditions: readonly Compiled[] } | undefined;

  constructor(
    private readonly rules: readonly Rule[],
    private readonly settings: ExpressionSettings,
  ) {}

  /** Throws INVALID_EXPRESSION or UNKNOWN_COLUMN for rules that make no sense over such columns. */
  compile(schema: Schema): readonly Compiled[] {
    if (this.last === undefined || !sameColumns(this.last.schema, schema)) {
      this.last = { schema, conditions: this.rules.map(({ condition }) => this.compileOne(condition, schema)) };
    }
    return this.last.conditions;
  }

  private compileOne(condition: Expression, schema: Schema): Compiled {
    const compiled = compile(condition, schema, this.settings);
    if (compiled.type.kind === 'boolean' || compiled.type.kind === 'void') return compiled;
    const text = printExpression(condition);
    const message = `A rule is true or false, not a value of the type ${simpleString(compiled.type).toUpperCase()}.`;
    throw located(
      invalid('DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN', message),
      condition.place ?? { text, from: 0, to: text.length },
    );
  }

  check(table: Table, batch: BatchFacts): Verdict {
    const n = table.numRows;
    const kept = this.compile(table.schema).map((condition) => trueBits(condition, table, batch));
    const all = ones(n);
    for (const bits of kept) for (let i = 0; i < all.length; i++) all[i]! &= bits[i]!;
    const counts: Record<string, number> = {};
    this.rules.forEach(({ name }, r) => (counts[name] = n - countOnes(kept[r]!, n)));
    return {
      good: positionsOf(all, n),
      bad: positionsWithout(all, n),
      counts,
      brokenBy: (row) => this.rules.filter((_rule, r) => !getBit(kept[r]!, row)),
    };
  }
}

/** The rows for which a condition is true: neither false nor null. */
function trueBits(condition: Compiled, table: Table, batch: BatchFacts): Uint8Array {
  const column = condition.over(table, batch);
  if (!(column instanceof BooleanColumn)) return new Uint8Array(bitmapBytes(table.numRows));
  const { bits, validity } = column;
  return validity === null ? bits : bits.map((byte, i) => byte & validity[i]!);
}
