import { type DataType, simpleString } from '../../../schema/index.js';
import type { Bound, LazyKernel } from '../../bound.js';
import { comparisonType, commonTypeOf } from '../../coerce.js';
import { invalid } from '../../errors.js';
import { booleanOf } from '../../kernels/booleans.js';
import { FixedColumn, bitmapBytes, setBit } from '../../../columns/index.js';
import { exactNumbers } from '../../kernels/numbers.js';
import { presentIn } from '../../kernels/validity.js';
import { equality, groupKey, isOrderable } from '../../order.js';
import type { Value } from '../../values.js';
import { Constant, readerOf } from '../../vector.js';
import type { Binder, MacroDef, SpecialDef } from '../define.js';
import { any, rest } from '../params.js';
import { call } from '../../tree.js';

const bool: DataType = { kind: 'boolean' };

const within: SpecialDef = {
  name: 'in',
  group: 'operator',
  usage: 'a IN (b, …)',
  summary:
    'Whether a value equals one of several; null if none does and one is missing. Values after the first that is equal are not computed.',
  examples: [
    ['1 IN (1, 2)', 'true'],
    ['1 IN (2, NULL)', 'NULL'],
  ],
  params: [any('a'), rest(any('b'))],
  bind: ([value, ...list], binder) => {
    const type = typeOf(value!, list, binder);
    if (!isOrderable(type)) {
      throw invalid(
        'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
        `${simpleString(type).toUpperCase()} values cannot be compared.`,
      );
    }
    const args = [value!, ...list].map((arg) => binder.cast(arg, type));
    return binder.apply(
      'in',
      args,
      bool,
      args.some((arg) => arg.nullable),
      kernelOf(type, args.slice(1)),
    );
  },
};

function typeOf(value: Bound, list: readonly Bound[], binder: Binder): DataType {
  const types = [value, ...list].map((arg) => arg.type);
  const type = list.length === 1 ? comparisonType(types[0]!, types[1]!, binder.ansi) : commonTypeOf(types, binder.ansi);
  if (type !== undefined) return type;
  const shown = types.map((t) => simpleString(t).toUpperCase()).join(', ');
  throw invalid('DATATYPE_MISMATCH.DATA_DIFF_TYPES', `IN needs values of one type, not ${shown}.`);
}

function kernelOf(type: DataType, list: readonly Bound[]): LazyKernel {
  const equal = equality(type);
  const row: LazyKernel['row'] = ([value, ...others]) => {
    const wanted = value!();
    if (wanted === null) return null;
    let missing = false;
    for (const other of others) {
      const candidate = other();
      if (candidate === null) missing = true;
      else if (equal(wanted, candidate)) return true;
    }
    return missing ? null : false;
  };
  const constants = list.every((arg) => arg.kind === 'literal')
    ? list.map((arg) => (arg as { value: Value }).value)
    : undefined;
  const key = groupKey(type);
  const known = constants && new Set(constants.filter((v) => v !== null).map(key));
  const missing = constants?.includes(null) ?? false;
  // Past 2^53 a number may stand for several: the column has none of those where this is asked.
  const wantedNumbers = new Set(
    (constants ?? []).filter((v) => typeof v === 'bigint' || typeof v === 'number').map(Number),
  );
  return {
    lazy: true,
    row,
    vector: (args, frame, evaluate) => {
      const n = frame.numRows;
      const wanted = evaluate(args[0]!, frame);
      if (wanted instanceof Constant && wanted.value === null) return new Constant(bool, null);
      const read = readerOf(wanted);
      const yes = new Uint8Array(bitmapBytes(n));
      const no = new Uint8Array(bitmapBytes(n));
      if (known !== undefined) {
        const numbers =
          wanted instanceof FixedColumn && type.kind !== 'float' && type.kind !== 'double'
            ? exactNumbers(wanted.values)
            : undefined;
        if (numbers !== undefined) {
          const present = presentIn([wanted], n)!;
          if (wantedNumbers.size <= 8) {
            for (const number of wantedNumbers) {
              for (let i = 0; i < n; i++) yes[i >> 3]! |= Number(numbers[i] === number) << (i & 7);
            }
          } else {
            for (let i = 0; i < n; i++) if (wantedNumbers.has(numbers[i]!)) setBit(yes, i);
          }
          for (let k = 0; k < yes.length; k++) {
            const there = present.validity === null ? 0xff : present.validity[k]!;
            if (!missing) no[k] = ~yes[k]! & there;
            yes[k]! &= there;
          }
          return booleanOf({ yes, no }, n);
        }
        for (let i = 0; i < n; i++) {
          const value = read(i);
          if (value === null) continue;
          if (known.has(key(value))) setBit(yes, i);
          else if (!missing) setBit(no, i);
        }
        return booleanOf({ yes, no }, n);
      }
      // One candidate after the other, for the rows that are still looking.
      let open = Int32Array.from({ length: n }, (_, i) => i).filter((i) => read(i) !== null);
      const uncertain = new Uint8Array(bitmapBytes(n));
      for (const arg of args.slice(1)) {
        if (open.length === 0) break;
        const candidate = readerOf(evaluate(arg, frame.select(open)));
        const next: number[] = [];
        open.forEach((i, k) => {
          const value = candidate(k);
          if (value === null) setBit(uncertain, i);
          if (value !== null && equal(read(i), value)) setBit(yes, i);
          else next.push(i);
        });
        open = Int32Array.from(next);
      }
      for (const i of open) if ((uncertain[i >> 3]! & (1 << (i & 7))) === 0) setBit(no, i);
      return booleanOf({ yes, no }, n);
    },
  };
}

const between: MacroDef = {
  name: 'between',
  group: 'operator',
  usage: 'a BETWEEN low AND high',
  summary: 'Whether `a` is `low`, `high` or between them.',
  examples: [['2 BETWEEN 1 AND 3', 'true']],
  params: [any('a'), any('low'), any('high')],
  rewrite: ([a, low, high]) => call('and', [call('>=', [a!, low!]), call('<=', [a!, high!])]),
};

export const membership = [within, between] as const;
