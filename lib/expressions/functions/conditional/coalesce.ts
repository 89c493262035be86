import { type Column, bitmapBytes, setBit } from '../../../columns/index.js';
import type { Bound, LazyKernel } from '../../bound.js';
import type { DataType } from '../../../schema/index.js';
import { positionsOf, positionsWithout } from '../../kernels/booleans.js';
import { type Part, scatter } from '../../kernels/scatter.js';
import { call } from '../../tree.js';
import { Constant } from '../../vector.js';
import type { Binder, MacroDef, SpecialDef } from '../define.js';
import { any, rest } from '../params.js';
import { unify } from './case.js';

const firstPresent = (type: DataType): LazyKernel => ({
  lazy: true,
  row: (args) => {
    for (const arg of args) {
      const value = arg();
      if (value !== null) return value;
    }
    return null;
  },
  vector: (args, frame, evaluate) => {
    const parts: Part[] = [];
    let open: Int32Array | null = null;
    for (const arg of args) {
      const rows: Int32Array | null = open;
      if (rows?.length === 0) break;
      const values = evaluate(arg, rows === null ? frame : frame.select(rows));
      if (values instanceof Constant) {
        if (values.value === null) continue;
        if (rows === null) return values;
        parts.push({ positions: rows, values });
        return scatter(type, parts, frame.numRows);
      }
      if (rows === null && values.nullCount === 0) return values;
      const present = presentBits(values);
      const found = positionsOf(present, values.length);
      const left = positionsWithout(present, values.length);
      parts.push({ positions: rows === null ? found : found.map((k) => rows[k]!), values: values.gather(found) });
      open = rows === null ? left : left.map((k) => rows[k]!);
    }
    return parts.length === 0 ? new Constant(type, null) : scatter(type, parts, frame.numRows);
  },
});

function presentBits(column: Column): Uint8Array {
  if (column.validity !== null) return column.validity;
  const bits = new Uint8Array(bitmapBytes(column.length));
  for (let i = 0; i < column.length; i++) if (column.isValid(i)) setBit(bits, i);
  return bits;
}

function bindCoalesce(args: readonly Bound[], binder: Binder): Bound {
  const { type, values } = unify(args, 'coalesce', binder);
  // Behind a value that is always there nothing is computed.
  const settled = values.findIndex((value) => value.kind === 'literal' && value.value !== null);
  const needed = (settled < 0 ? values : values.slice(0, settled + 1)).filter(
    (value) => !(value.kind === 'literal' && value.value === null),
  );
  if (needed.length === 0) return binder.literal(type, null);
  if (needed.length === 1) return needed[0]!;
  return binder.apply(
    'coalesce',
    needed,
    type,
    needed.every((value) => value.nullable),
    firstPresent(type),
  );
}

const coalesce: SpecialDef = {
  name: 'coalesce',
  group: 'conditional',
  usage: 'a, …',
  summary: 'The first value that is not missing. Later ones are computed only where they are needed.',
  examples: [['coalesce(NULL, 1, 2)', '1']],
  params: [rest(any('a'))],
  bind: bindCoalesce,
};

const macro = (
  name: string,
  aliases: string[],
  usage: string,
  summary: string,
  examples: MacroDef['examples'],
  rewrite: MacroDef['rewrite'],
): MacroDef => ({
  name,
  aliases,
  group: 'conditional',
  usage,
  summary,
  examples,
  params: usage.split(', ').map((param) => any(param)),
  rewrite,
});

const nothing = { kind: 'literal', type: { kind: 'void' }, value: null } as const;
const zero = { kind: 'literal', type: { kind: 'int' }, value: 0 } as const;

export const coalescing = [
  coalesce,
  macro('nvl', ['ifnull'], 'a, b', '`b` where `a` is missing, else `a`.', [['nvl(NULL, 2)', '2']], (args) =>
    call('coalesce', args),
  ),
  macro(
    'nvl2',
    [],
    'a, b, c',
    '`b` where `a` is there, else `c`.',
    [["nvl2(NULL, 'set', 'unset')", 'unset']],
    ([a, b, c]) => call('if', [call('isnotnull', [a!]), b!, c!]),
  ),
  macro('nullif', [], 'a, b', 'Null where both are equal, else `a`.', [['nullif(2, 2)', 'NULL']], ([a, b]) =>
    call('if', [call('=', [a!, b!]), nothing, a!]),
  ),
  macro('nullifzero', [], 'a', 'Null where `a` is zero, else `a`.', [['nullifzero(0)', 'NULL']], ([a]) =>
    call('if', [call('=', [a!, zero]), nothing, a!]),
  ),
  macro('zeroifnull', [], 'a', 'Zero where `a` is missing, else `a`.', [['zeroifnull(NULL)', '0']], ([a]) =>
    call('coalesce', [a!, zero]),
  ),
] as const;
