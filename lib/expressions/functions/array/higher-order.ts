import {
  BooleanColumn,
  type Column,
  FixedColumn,
  ListColumn,
  bitmapBytes,
  countOnes,
  getBit,
  setBit,
  validityOf,
} from '../../../columns/index.js';
import { type DataType, array, boolean, int, sameType, simpleString } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import { truthOf } from '../../kernels/booleans.js';
import type { Value } from '../../values.js';
import { type Constant, type Vector, type VectorLambda, columnOf, readerOf } from '../../vector.js';
import type { FunctionDef, LambdaFunction, Param, VectorFunction } from '../define.js';
import { any, lambda, optional } from '../params.js';
import { elementOf, list } from './typing.js';

type Values = readonly Value[];

/** `x -> …` or `(x, i) -> …`, where i counts from 0. */
const overElements = lambda('function', ([type]) => [[elementOf(type)], [elementOf(type), int()]]);
const predicate = (indexed: boolean): Param =>
  lambda('condition', ([type]) => (indexed ? [[elementOf(type)], [elementOf(type), int()]] : [[elementOf(type)]]));

/** A condition has to be one. */
function requireBoolean(type: DataType | undefined, name: string): void {
  if (type!.kind === 'boolean' || type!.kind === 'void') return;
  throw invalid(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `The function of ${name} must give a BOOLEAN, not ${simpleString(type!).toUpperCase()}.`,
  );
}

/** The elements of all arrays side by side: where each array begins, and to which row an element belongs. */
interface Flat {
  readonly child: Column;
  readonly offsets: Int32Array;
  readonly parents: Int32Array;
  readonly indexes: () => Column;
}

/** Lays the elements of arrays side by side; those of rows that are null are left out. */
function flatOf(values: ListColumn): Flat {
  const n = values.length;
  const starts = values.offsets;
  const offsets = new Int32Array(n + 1);
  let gaps = starts[0] !== 0 || starts[n] !== values.child.length;
  for (let i = 0; i < n; i++) {
    const length = values.isValid(i) ? starts[i + 1]! - starts[i]! : 0;
    gaps ||= length !== starts[i + 1]! - starts[i]!;
    offsets[i + 1] = offsets[i]! + length;
  }
  const total = offsets[n]!;
  const parents = new Int32Array(total);
  for (let i = 0; i < n; i++) for (let p = offsets[i]!; p < offsets[i + 1]!; p++) parents[p] = i;
  const child = gaps ? values.child.gather(positionsIn(starts, offsets)) : values.child;
  const indexes = (): Column => {
    const out = new Int32Array(total);
    for (let i = 0; i < n; i++) for (let p = offsets[i]!; p < offsets[i + 1]!; p++) out[p] = p - offsets[i]!;
    return new FixedColumn(int(), out);
  };
  return { child, offsets, parents, indexes };
}

/** Where the elements lie that come to stand at `offsets`. */
function positionsIn(starts: Int32Array, offsets: Int32Array): Int32Array {
  const positions = new Int32Array(offsets.at(-1)!);
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let p = offsets[i]!, from = starts[i]! - p; p < offsets[i + 1]!; p++) positions[p] = from + p;
  }
  return positions;
}

/** The result of the lambda for all elements of all arrays at once. */
function applyTo(flat: Flat, { apply }: VectorLambda, params: number): Column {
  return apply(params > 1 ? [flat.child, flat.indexes()] : [flat.child], flat.parents);
}

const asList = (values: Vector, n: number): ListColumn =>
  values instanceof ListColumn
    ? values
    : (columnOf((values as Constant).type, new Array<Value>(n).fill((values as Constant).value)) as ListColumn);

/** A kernel over flattened elements: `finish` makes the result from the lambda's. */
const flattened =
  (finish: (values: ListColumn, flat: Flat, results: Column) => Column): VectorFunction =>
  (args, n) => {
    const values = asList(args[0]!, n);
    const flat = flatOf(values);
    return finish(values, flat, applyTo(flat, args[1] as VectorLambda, 2));
  };

const withIndex =
  (call: LambdaFunction): ((value: Value, i: number) => Value) =>
  (value, i) =>
    call(value, i);

const transform: FunctionDef = {
  name: 'transform',
  group: 'array',
  usage: 'array, x -> … | (x, i) -> …',
  summary: 'The array of what the function gives for each element. `i` is its position, from 0 on.',
  examples: [
    ['transform(array(1, 2), x -> x * 10)', '[10, 20]'],
    ['transform(array(1, 2), (x, i) -> x + i)', '[1, 3]'],
  ],
  params: [list('array'), overElements],
  returns: ([, result]) => array(result!),
  nullable: false,
  total: true,
  evaluate: () => (values: Values, call: LambdaFunction) => values.map(withIndex(call)),
  vector: ({ type }) =>
    flattened(
      (values, { offsets }, results) =>
        new ListColumn(type, offsets, results, { validity: values.validity, nullCount: values.nullCount }),
    ),
};

const filter: FunctionDef = {
  name: 'filter',
  group: 'array',
  usage: 'array, x -> condition | (x, i) -> condition',
  summary: 'The elements for which the condition holds. `i` is the position, from 0 on.',
  examples: [['filter(array(1, 2, 3), x -> x > 1)', '[2, 3]']],
  params: [list('array'), predicate(true)],
  returns: ([type, result]) => {
    requireBoolean(result, 'filter');
    return type!;
  },
  nullable: false,
  total: true,
  evaluate: () => (values: Values, call: LambdaFunction) => values.filter((value, i) => call(value, i) === true),
  vector: ({ type }) =>
    flattened((values, { child, offsets }, results) => {
      const { yes: keep } = truthOf(results, results.length);
      const positions = new Int32Array(countOnes(keep, results.length));
      const out = new Int32Array(offsets.length);
      let kept = 0;
      for (let i = 0; i < values.length; i++) {
        for (let p = offsets[i]!; p < offsets[i + 1]!; p++) if (getBit(keep, p)) positions[kept++] = p;
        out[i + 1] = kept;
      }
      const valid = { validity: values.validity, nullCount: values.nullCount };
      return new ListColumn(type, out, child.gather(positions), valid);
    }),
};

/** True or false as soon as an element decides (`decisive`); null if one is unknown and none decides. */
const quantifier = (name: string, decisive: boolean, summary: string, example: string): FunctionDef => ({
  name,
  group: 'array',
  usage: 'array, x -> condition',
  summary,
  examples: [[`${name}(array(1, 2), x -> x > 1)`, example]],
  params: [list('array'), predicate(false)],
  returns: ([, result]) => {
    requireBoolean(result, name);
    return boolean();
  },
  total: true,
  evaluate: () => (values: Values, call: LambdaFunction) => decideList(values, call, decisive),
  vector: () => (args, n) => {
    const values = asList(args[0]!, n);
    const lambda = args[1] as VectorLambda;
    try {
      const flat = flatOf(values);
      return decide(values, flat, applyTo(flat, lambda, 1), decisive);
    } catch {
      // An element behind the one that decides is not looked at, so its failure is none.
      return decideByRow(values, lambda, decisive);
    }
  },
});

function decide(values: ListColumn, { offsets }: Flat, results: Column, decisive: boolean): BooleanColumn {
  const n = values.length;
  const { yes, no } = truthOf(results, results.length);
  const [deciding, other] = decisive ? [yes, no] : [no, yes];
  const truth = new Uint8Array(bitmapBytes(n));
  const known = new Uint8Array(bitmapBytes(n));
  for (let i = 0; i < n; i++) {
    if (!values.isValid(i)) continue;
    let unknown = false;
    let decided = false;
    for (let p = offsets[i]!; p < offsets[i + 1]! && !decided; p++) {
      decided = getBit(deciding, p);
      unknown ||= !decided && !getBit(other, p);
    }
    if (decided === decisive) setBit(truth, i);
    if (decided || !unknown) setBit(known, i);
  }
  return new BooleanColumn(boolean(), n, truth, validityOf(known, n));
}

function decideByRow(values: ListColumn, { call }: VectorLambda, decisive: boolean): Column {
  const read = readerOf(values);
  const out = new Array<Value>(values.length);
  for (let i = 0; i < values.length; i++) {
    const list = read(i) as Values | null;
    out[i] = list && decideList(list, (value) => call(i, [value]), decisive);
  }
  return columnOf(boolean(), out);
}

function decideList(values: Values, call: (value: Value) => Value, decisive: boolean): boolean | null {
  let unknown = false;
  for (const value of values) {
    const result = call(value);
    if (result === null) unknown = true;
    else if (result === decisive) return decisive;
  }
  return unknown ? null : !decisive;
}

const aggregate: FunctionDef = {
  name: 'aggregate',
  aliases: ['reduce'],
  group: 'array',
  usage: 'array, start, (acc, x) -> …[, acc -> …]',
  summary:
    'Folds the elements into one value, from `start` on, and gives what the last function makes of it. The folding function must give the type of `start`.',
  examples: [['aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x, acc -> acc * 10)', '60']],
  params: [
    list('array'),
    any('start'),
    lambda('merge', ([type, start]) => [[start!, elementOf(type)]]),
    optional(lambda('finish', ([, start]) => [[start!]])),
  ],
  returns: ([, start, merged, finished]) => {
    if (!sameType(start!, merged!)) {
      throw invalid(
        'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
        `aggregate starts with a ${simpleString(start!).toUpperCase()}, but folding gives a ${simpleString(merged!).toUpperCase()}. Cast one of them.`,
      );
    }
    return finished ?? start!;
  },
  nulls: 'handle',
  evaluate: () => (values: Values | null, start: Value, merge: LambdaFunction, finish?: LambdaFunction) => {
    if (values === null) return null;
    let acc = start;
    for (const value of values) acc = merge(acc, value);
    return finish === undefined ? acc : finish(acc);
  },
};

const zipWith: FunctionDef = {
  name: 'zip_with',
  group: 'array',
  usage: 'a, b, (x, y) -> …',
  summary:
    'The array of what the function gives for the elements at each position; the shorter array is filled up with nulls.',
  examples: [['zip_with(array(1, 2), array(10, 20), (x, y) -> x + y)', '[11, 22]']],
  params: [list('a'), list('b'), lambda('function', ([a, b]) => [[elementOf(a), elementOf(b)]])],
  returns: ([, , result]) => array(result!),
  nullable: false,
  total: true,
  evaluate: () => (a: Values, b: Values, call: LambdaFunction) =>
    Array.from({ length: Math.max(a.length, b.length) }, (_, i) => call(a[i] ?? null, b[i] ?? null)),
};

export const higherOrder: readonly FunctionDef[] = [
  transform,
  filter,
  quantifier('exists', true, 'Whether the condition holds for any element; null if that is unknown.', 'true'),
  quantifier('forall', false, 'Whether the condition holds for all elements; null if that is unknown.', 'false'),
  aggregate,
  zipWith,
];
