import { type DataType, array, sameType, simpleString } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { commonType } from '../../coerce.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Binder, Param, SpecialDef } from '../define.js';

/** An array; a null literal is one, too. */
export const list = (name: string): Param => ({
  name,
  coerce: (type) => (type.kind === 'void' ? array(type) : type.kind === 'array' ? type : undefined),
});

/** What an array holds. */
export const elementOf = (type: DataType | undefined): DataType =>
  type?.kind === 'array' ? type.element : { kind: 'void' };

/** The type that two have in common, where a text is no number: `array(1)` holds no `'1'`. */
export function commonWithoutTexts(a: DataType, b: DataType, ansi: boolean): DataType | undefined {
  return mixesTexts(a, b) ? undefined : commonType(a, b, ansi);
}

function mixesTexts(a: DataType, b: DataType): boolean {
  if (a.kind === 'void' || b.kind === 'void') return false;
  if (a.kind === 'array' && b.kind === 'array') return mixesTexts(a.element, b.element);
  if (a.kind === 'struct' && b.kind === 'struct') {
    return a.fields.some((f, i) => i < b.fields.length && mixesTexts(f.type, b.fields[i]!.type));
  }
  return (a.kind === 'string') !== (b.kind === 'string');
}

const shown = (type: DataType): string => simpleString(type).toUpperCase();

/** An array and a value as it may stand in it, in one type. */
export function arrayAndElement(name: string, list: Bound, item: Bound, binder: Binder) {
  if (list.type.kind !== 'array') {
    throw invalid('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', `${name} takes an array first, not ${shown(list.type)}.`);
  }
  const element = commonWithoutTexts(list.type.element, item.type, binder.ansi);
  if (element === undefined) {
    throw invalid(
      'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES',
      `${name} takes a value of the type of the elements of ${shown(list.type)}, not ${shown(item.type)}.`,
    );
  }
  return { element, list: castElements(list, element, binder), item: binder.cast(item, element) };
}

/** Refuses NULL where it says nothing. */
export function refuseNull(name: string, args: readonly Bound[]): void {
  if (args.every((arg) => arg.type.kind !== 'void')) return;
  throw invalid('DATATYPE_MISMATCH.NULL_TYPE', `${name} cannot look for NULL, nor in NULL: nothing equals it.`);
}

/** Two arrays in one type. */
export function twoArrays(name: string, [a, b]: readonly Bound[], binder: Binder) {
  const element =
    a!.type.kind === 'array' && b!.type.kind === 'array'
      ? commonWithoutTexts(a!.type.element, b!.type.element, binder.ansi)
      : undefined;
  if (element === undefined) {
    throw invalid(
      'DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES',
      `${name} takes two arrays of one type, not ${shown(a!.type)} and ${shown(b!.type)}.`,
    );
  }
  return { element, args: [castElements(a!, element, binder), castElements(b!, element, binder)] };
}

function castElements(bound: Bound, element: DataType, binder: Binder): Bound {
  const { type } = bound as { type: DataType & { kind: 'array' } };
  return sameType(type.element, element) ? bound : binder.cast(bound, array(element, type.containsNull));
}

export const hasNull = (values: readonly Value[]): boolean => values.includes(null);

/** What special functions over arrays say of themselves, without how they are bound. */
export type ArraySpecial = Omit<SpecialDef, 'group' | 'bind'>;
