import { type DataType, simpleString } from '../../../schema/index.js';
import type { Bound, LazyKernel } from '../../bound.js';
import { commonTypeOf } from '../../coerce.js';
import { invalid } from '../../errors.js';
import { positionsOf, positionsWithout, truthOf } from '../../kernels/booleans.js';
import { type Part, scatter } from '../../kernels/scatter.js';
import { Constant } from '../../vector.js';
import type { Binder, SpecialDef } from '../define.js';
import { asBoolean } from '../operator/logic.js';
import { any, optional, rest } from '../params.js';

/** Condition, value, condition, value, …, and the value for all else. Computes what is asked for only. */
const choose = (type: DataType): LazyKernel => ({
  lazy: true,
  row: (args) => {
    let i = 0;
    for (; i + 1 < args.length; i += 2) if (args[i]!() === true) return args[i + 1]!();
    return i < args.length ? args[i]!() : null;
  },
  vector: (args, frame, evaluate) => {
    const parts: Part[] = [];
    // The rows that no condition has claimed yet, as positions in the frame.
    let rest: Int32Array | null = null;
    let i = 0;
    for (; i + 1 < args.length; i += 2) {
      const open: Int32Array | null = rest;
      if (open?.length === 0) break;
      const inner = open === null ? frame : frame.select(open);
      const condition = evaluate(args[i]!, inner);
      const { yes } = truthOf(condition, inner.numRows);
      const claimed = positionsOf(yes, inner.numRows);
      if (claimed.length > 0) {
        const all = claimed.length === inner.numRows;
        const values = evaluate(args[i + 1]!, all ? inner : inner.select(claimed));
        if (all && open === null) return values;
        parts.push({ positions: open === null ? claimed : claimed.map((p) => open[p]!), values });
      }
      const left = positionsWithout(yes, inner.numRows);
      rest = open === null ? left : left.map((p) => open[p]!);
    }
    if (i < args.length && rest !== null && rest.length > 0) {
      const all = rest.length === frame.numRows;
      const values = evaluate(args[i]!, all ? frame : frame.select(rest));
      if (all) return values;
      parts.push({ positions: rest, values });
    }
    if (parts.length === 0) return new Constant(type, null);
    return scatter(type, parts, frame.numRows);
  },
});

/** Values of one CASE (or COALESCE) in the type that they have in common. */
export function unify(
  values: readonly Bound[],
  name: string,
  binder: Binder,
): { readonly type: DataType; readonly values: readonly Bound[] } {
  const types = values.map((value) => value.type);
  const type = commonTypeOf(types, binder.ansi);
  if (type === undefined) {
    const shown = types.map((t) => simpleString(t).toUpperCase()).join(', ');
    throw invalid(
      'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
      `${name}: the values have no type in common: ${shown}. Cast them.`,
    );
  }
  return { type, values: values.map((value) => binder.cast(value, type)) };
}

function bindCase(args: readonly Bound[], name: string, binder: Binder): Bound {
  const conditions: Bound[] = [];
  const given: Bound[] = [];
  args.forEach((arg, i) => (i % 2 === 0 && i + 1 < args.length ? conditions : given).push(arg));
  for (const condition of conditions) {
    const { kind } = condition.type;
    if (kind === 'boolean' || kind === 'void' || kind === 'string') continue;
    throw invalid(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `${name} needs a BOOLEAN as condition, not ${simpleString(condition.type).toUpperCase()}.`,
    );
  }
  const { type, values } = unify(given, name, binder);
  const out: Bound[] = [];
  // What a constant condition settles is settled now, so that the rest is never computed.
  for (const [k, condition] of conditions.entries()) {
    const bound = asBoolean(condition, name, binder);
    if (bound.kind === 'literal') {
      if (bound.value !== true) continue;
      return finish([...out, values[k]!], type, binder);
    }
    out.push(bound, values[k]!);
  }
  return finish(values.length > conditions.length ? [...out, values.at(-1)!] : out, type, binder);
}

function finish(args: readonly Bound[], type: DataType, binder: Binder): Bound {
  if (args.length === 0) return binder.literal(type, null);
  if (args.length === 1) return args[0]!;
  const results = args.filter((_, i) => i % 2 === 1 || i === args.length - 1);
  const nullable = args.length % 2 === 0 || results.some((value) => value.nullable);
  return binder.apply('case', args, type, nullable, choose(type));
}

export const caseWhen: SpecialDef = {
  name: 'case',
  group: 'conditional',
  usage: 'CASE WHEN condition THEN value … ELSE value END',
  summary:
    'The value of the first condition that holds, else the one after ELSE, else null. Only that value is computed.',
  examples: [["CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", 'b']],
  params: [any('condition'), any('value'), optional(rest(any('more')))],
  bind: (args, binder) => bindCase(args, 'CASE', binder),
};

export const ifThenElse: SpecialDef = {
  name: 'if',
  aliases: ['iff'],
  group: 'conditional',
  usage: 'condition, then, otherwise',
  summary: '`then` where the condition holds, else `otherwise`. Only one of them is computed.',
  examples: [["if(1 < 2, 'a', 'b')", 'a']],
  params: [any('condition'), any('then'), any('otherwise')],
  bind: (args, binder) => bindCase(args, 'if', binder),
};
