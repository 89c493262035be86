import type { StructColumn } from '../../../columns/index.js';
import { type Column, ListColumn, allValid, bitmapBytes, setBit, validityOf } from '../../../columns/index.js';
import { type DataType, type StructType, simpleString } from '../../../schema/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { isIntegral } from '../../coerce.js';
import { failed, invalid } from '../../errors.js';
import { equality } from '../../order.js';
import { fieldIndex } from '../../scope.js';
import type { Value } from '../../values.js';
import { Constant } from '../../vector.js';
import type { Binder, SpecialDef } from '../define.js';
import { any } from '../params.js';

const shared = { total: true, deterministic: true } as const;

/** `a[i]`, `m['key']`, `s.field`: what a name with dots comes down to, too. */
export const access: SpecialDef = {
  name: '[]',
  group: 'operator',
  usage: 'a[b]',
  summary:
    'An element of an array (the first is 0), the value of a key of a map, or a field of a struct (also `a.b`). An index that is not there is an error with ANSI, else null; a key that is not there gives null.',
  examples: [
    ['array(1, 2, 3)[0]', '1'],
    ["map('a', 1)['a']", '1'],
    ["named_struct('a', 1).a", '1'],
  ],
  params: [any('a'), any('b')],
  bind: ([of, key], binder) => {
    const { type } = of!;
    switch (type.kind) {
      case 'struct':
        return structField(of!, type, fieldName(key!), binder);
      case 'array':
        if (type.element.kind === 'struct' && key!.type.kind === 'string') {
          return fieldOfEach(of!, type.element, fieldName(key!), binder);
        }
        return arrayElement(of!, type.element, key!, binder);
      case 'map':
        return mapValue(of!, type.key, type.value, key!, binder);
      case 'any':
        return plainField(of!, fieldName(key!), binder);
      default:
        throw invalid(
          'INVALID_EXTRACT_BASE_FIELD_TYPE',
          `There is nothing to take out of a ${simpleString(type).toUpperCase()}.`,
        );
    }
  },
};

function fieldName(key: Bound): string {
  if (key.kind === 'literal' && typeof key.value === 'string') return key.value;
  throw invalid('INVALID_EXTRACT_FIELD_TYPE', 'The name of a field must be a constant text.');
}

function structField(of: Bound, type: StructType, name: string, binder: Binder): Bound {
  const index = fieldIndex(type, name);
  const { type: result, nullable } = type.fields[index]!;
  const kernel: EagerKernel = {
    ...shared,
    nulls: 'propagate',
    scalar: (struct: readonly Value[]) => struct[index]!,
    vector: ([struct]) => {
      if (struct instanceof Constant)
        return new Constant(result, struct.value === null ? null : (struct.value as readonly Value[])[index]!);
      return masked((struct as StructColumn).children[index]!, struct as StructColumn);
    },
  };
  return binder.apply('[]', [of, binder.literal({ kind: 'string' }, name)], result, of.nullable || nullable, kernel);
}

/** A child of a struct is missing where the struct is. */
function masked(child: Column, struct: StructColumn): Column {
  if (struct.nullCount === 0) return child;
  const n = struct.length;
  const missing = new Uint8Array(bitmapBytes(n));
  let differs = false;
  for (let i = 0; i < n; i++) {
    if (struct.isValid(i) && child.isValid(i)) setBit(missing, i);
    else if (child.isValid(i)) differs = true;
  }
  if (!differs) return child;
  const valid = missing;
  const selection = Int32Array.from({ length: n }, (_, i) => i);
  return withValidity(child.gather(selection), valid, n);
}

function withValidity(column: Column, bits: Uint8Array, n: number): Column {
  const { validity, nullCount } = validityOf(bits, n);
  // Columns are immutable; a gathered one is ours alone.
  return Object.assign(Object.create(Object.getPrototypeOf(column) as object) as Column, column, {
    validity,
    nullCount,
  });
}

function fieldOfEach(of: Bound, type: StructType, name: string, binder: Binder): Bound {
  const index = fieldIndex(type, name);
  const { type: element, nullable } = type.fields[index]!;
  const result: DataType = {
    kind: 'array',
    element,
    containsNull: nullable || (of.type as { containsNull: boolean }).containsNull,
  };
  const kernel: EagerKernel = {
    ...shared,
    nulls: 'propagate',
    scalar: (structs: readonly (readonly Value[] | null)[]) => structs.map((s) => s && s[index]!),
    vector: ([list]) => {
      if (!(list instanceof ListColumn)) {
        const { value } = list as Constant;
        return new Constant(
          result,
          value === null ? null : (value as readonly (readonly Value[] | null)[]).map((s) => s && s[index]!),
        );
      }
      const structs = list.child as StructColumn;
      const child = masked(structs.children[index]!, structs);
      return new ListColumn(
        result,
        list.offsets,
        child,
        list.validity === null ? allValid : validityOf(list.validity, list.length),
      );
    },
  };
  return binder.apply('[]', [of, binder.literal({ kind: 'string' }, name)], result, of.nullable, kernel);
}

function arrayElement(of: Bound, element: DataType, key: Bound, binder: Binder): Bound {
  if (!isIntegral(key.type) && key.type.kind !== 'void') {
    throw invalid(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `The index of an array is a whole number, not a ${simpleString(key.type).toUpperCase()}.`,
    );
  }
  const { ansi } = binder;
  const scalar = (list: readonly Value[], index: number): Value => {
    if (index >= 0 && index < list.length) return list[index]!;
    if (!ansi) return null;
    throw failed(
      'INVALID_ARRAY_INDEX',
      `The index ${index} is out of bounds: the array has ${list.length} elements. Use get(array, index) to get null instead.`,
    );
  };
  const kernel: EagerKernel = { nulls: 'propagate', total: !ansi, deterministic: true, scalar };
  return binder.apply('[]', [of, binder.cast(key, { kind: 'int' })], element, true, kernel);
}

function mapValue(of: Bound, keyType: DataType, value: DataType, key: Bound, binder: Binder): Bound {
  const equal = equality(keyType);
  const scalar = (map: readonly (readonly [Value, Value])[], wanted: Value): Value =>
    map.find(([k]) => equal(k, wanted))?.[1] ?? null;
  const kernel: EagerKernel = { ...shared, nulls: 'propagate', scalar };
  return binder.apply('[]', [of, binder.cast(key, keyType)], value, true, kernel);
}

/** A property of a plain JavaScript object. */
function plainField(of: Bound, name: string, binder: Binder): Bound {
  const scalar = (object: unknown): Value => {
    const own = typeof object === 'object' && object !== null && Object.hasOwn(object, name);
    return own ? (((object as Record<string, unknown>)[name] ?? null) as Value) : null;
  };
  const kernel: EagerKernel = { ...shared, nulls: 'propagate', scalar };
  return binder.apply('[]', [of, binder.literal({ kind: 'string' }, name)], { kind: 'any' }, true, kernel);
}
