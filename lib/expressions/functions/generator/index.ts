import { type DataType, int, simpleString } from '../../../schema/index.js';
import { commonTypeOf } from '../../coerce.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { AnyFunction, Binding, GeneratorDef, Param } from '../define.js';
import { any, constant, int as intParam, rest } from '../params.js';

type Values = readonly Value[];
type Columns = ReturnType<GeneratorDef['columns']>;

const arrayOrMap: Param = {
  name: 'arrayOrMap',
  coerce: (type) => (type.kind === 'array' || type.kind === 'map' ? type : undefined),
};

/** The columns that an array or a map is laid out in. */
function partsOf(type: DataType, outer: boolean): Columns {
  if (type.kind === 'array') return [{ name: 'col', type: type.element, nullable: outer || type.containsNull }];
  const { key, value, valueContainsNull } = type as DataType & { kind: 'map' };
  return [
    { name: 'key', type: key, nullable: outer },
    { name: 'value', type: value, nullable: outer || valueContainsNull },
  ];
}

interface Exploding {
  readonly name: string;
  /** With the position, from 0 on, in front. */
  readonly position: boolean;
  /** A row of nulls where there is nothing. */
  readonly outer: boolean;
}

const exploding = ({ name, position, outer }: Exploding): GeneratorDef => ({
  name,
  group: 'generator',
  usage: 'array  |  map',
  summary:
    'A row for each element of an array or entry of a map' +
    (position ? ', with its position from 0 on in front' : '') +
    (outer ? '; one row of nulls where there is none.' : '; none where there is none, or where it is null.'),
  examples: [[`${name}(array(10))`, position ? '0, 10' : '10']],
  params: [arrayOrMap],
  columns: ({ types }) => [
    ...(position ? [{ name: 'pos', type: int(), nullable: outer }] : []),
    ...partsOf(types[0]!, outer),
  ],
  generate: ({ types }) => {
    const map = types[0]!.kind === 'map';
    const empty: Values[] = outer ? [new Array<Value>((position ? 1 : 0) + (map ? 2 : 1)).fill(null)] : [];
    return (values: Values | null) => {
      if (values === null || values.length === 0) return empty;
      return values.map((value, i) => {
        const parts = map ? (value as Values) : [value];
        return position ? [i, ...parts] : parts;
      });
    };
  },
});

const inlining = (name: string, outer: boolean): GeneratorDef => ({
  name,
  group: 'generator',
  usage: 'arrayOfStructs',
  summary:
    'A row for each struct of an array, a column for each field; ' +
    (outer ? 'one row of nulls where there is none.' : 'none where there is none.'),
  examples: [[`${name}(array(struct(1, 'a')))`, '1, a']],
  params: [
    {
      name: 'arrayOfStructs',
      coerce: (type) => (type.kind === 'array' && type.element.kind === 'struct' ? type : undefined),
    },
  ],
  columns: ({ types }) => {
    const { element, containsNull } = types[0] as DataType & { kind: 'array' };
    return (element as DataType & { kind: 'struct' }).fields.map((f) => ({
      name: f.name,
      type: f.type,
      nullable: f.nullable || containsNull || outer,
    }));
  },
  generate: ({ types }) => {
    const { element } = types[0] as DataType & { kind: 'array' };
    const nothing = (element as DataType & { kind: 'struct' }).fields.map(() => null);
    return (structs: readonly (Values | null)[] | null) => {
      if (structs === null || structs.length === 0) return outer ? [nothing] : [];
      return structs.map((struct) => struct ?? nothing);
    };
  },
});

/** How many rows `stack` makes. */
function stackRows(binding: Omit<Binding, 'type'>): number {
  const rows = binding.constant(0);
  if (typeof rows === 'number' && rows > 0) return rows;
  const condition = rows === null ? 'DATATYPE_MISMATCH.UNEXPECTED_NULL' : 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE';
  throw invalid(condition, 'The number of rows of stack must be a constant of 1 or more.');
}

const stack: GeneratorDef = {
  name: 'stack',
  group: 'generator',
  usage: 'rows, value, …',
  summary: 'Lays the values out in so many rows, filled up with nulls.',
  examples: [['stack(1, 10, 20)', '10, 20']],
  params: [constant(intParam('rows')), rest(any('value'))],
  columns: (binding) => {
    const values = binding.types.slice(1);
    const width = Math.ceil(values.length / stackRows(binding));
    return Array.from({ length: width }, (_, c) => {
      const own = values.filter((_type, i) => i % width === c);
      const type = commonTypeOf(own, true);
      const differs = own.some((one) => one.kind !== 'void' && simpleString(one) !== simpleString(type ?? one));
      if (type === undefined || differs) {
        throw invalid(
          'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES',
          `The values of column ${c + 1} of stack differ in type. Cast them to one.`,
        );
      }
      return { name: `col${c}`, type, nullable: true };
    });
  },
  generate: (binding) => {
    const rows = stackRows(binding);
    const width = Math.ceil((binding.types.length - 1) / rows);
    return (_rows: Value, ...values: Value[]) =>
      Array.from({ length: rows }, (_, r) => Array.from({ length: width }, (__, c) => values[r * width + c] ?? null));
  },
};

export const generatorFunctions: readonly AnyFunction[] = [
  exploding({ name: 'explode', position: false, outer: false }),
  exploding({ name: 'explode_outer', position: false, outer: true }),
  exploding({ name: 'posexplode', position: true, outer: false }),
  exploding({ name: 'posexplode_outer', position: true, outer: true }),
  inlining('inline', false),
  inlining('inline_outer', true),
  stack,
];
