import type { DataType } from '../../schema/index.js';
import { decimalFor, isAtomic, isFractional, isIntegral, isAnsiInterval, isNumeric } from '../coerce.js';
import type { CoercionContext, Param } from './define.js';

/*
 * The parameters of functions, by what they take. An argument of another type is cast implicitly where Spark does:
 * with ANSI strings and narrower numbers, without ANSI nearly every atomic type.
 */

type Coerce = Param['coerce'];

const widening = ['byte', 'short', 'int', 'long', 'float', 'double'];

const toNumber =
  (kind: 'byte' | 'short' | 'int' | 'long' | 'float' | 'double'): Coerce =>
  (from, { ansi }) => {
    if (from.kind === kind || from.kind === 'void' || from.kind === 'string') return { kind };
    if (!isNumeric(from)) return undefined;
    if (!ansi) return { kind };
    const fits =
      from.kind === 'decimal'
        ? kind === 'double' || kind === 'float'
        : widening.indexOf(from.kind) <= widening.indexOf(kind);
    return fits ? { kind } : undefined;
  };

/** Strings take any atomic value as its text. */
const toText: Coerce = (from) => (isAtomic(from) || from.kind === 'void' ? { kind: 'string' } : undefined);

const toBinary: Coerce = (from) =>
  from.kind === 'binary' || from.kind === 'string' || from.kind === 'void' ? { kind: 'binary' } : undefined;

const toBoolean: Coerce = (from) =>
  from.kind === 'boolean' || from.kind === 'void' || from.kind === 'string' ? { kind: 'boolean' } : undefined;

const toDate: Coerce = (from) =>
  from.kind === 'date' || from.kind === 'string' || from.kind === 'void' || from.kind.startsWith('timestamp')
    ? { kind: 'date' }
    : undefined;

const toTimestamp: Coerce = (from) =>
  from.kind === 'timestamp_ntz' ||
  from.kind === 'date' ||
  from.kind === 'string' ||
  from.kind === 'void' ||
  from.kind === 'timestamp'
    ? { kind: 'timestamp' }
    : undefined;

const toTimestampNtz: Coerce = (from) =>
  from.kind === 'timestamp_ntz' ||
  from.kind === 'date' ||
  from.kind === 'string' ||
  from.kind === 'void' ||
  from.kind === 'timestamp'
    ? { kind: 'timestamp_ntz' }
    : undefined;

const keep =
  (accepts: (type: DataType) => boolean, instead?: (from: DataType) => DataType | undefined): Coerce =>
  (from) =>
    accepts(from) ? from : instead?.(from);

const fromTextOrVoid =
  (type: DataType): ((from: DataType) => DataType | undefined) =>
  (from) =>
    from.kind === 'string' || from.kind === 'void' ? type : undefined;

const param =
  (coerce: Coerce) =>
  (name: string): Param => ({ name, coerce });

/** Any value. */
export const any = param((from) => from);
export const text = param(toText);
export const binary = param(toBinary);
export const boolean = param(toBoolean);
export const int = param(toNumber('int'));
export const long = param(toNumber('long'));
export const float = param(toNumber('float'));
export const double = param(toNumber('double'));
export const date = param(toDate);
export const timestamp = param(toTimestamp);
export const timestampNtz = param(toTimestampNtz);
/** Any number type, as it is; a string becomes a double. */
export const numeric = param(keep(isNumeric, fromTextOrVoid({ kind: 'double' })));
/** byte, short, int, long, as it is; a string becomes a long. */
export const integral = param(keep(isIntegral, fromTextOrVoid({ kind: 'long' })));
/** A number as the decimal that holds it. */
export const decimal = param((from) => (isNumeric(from) || from.kind === 'string' ? decimalFor(from) : undefined));
export const fractional = param(
  keep(isFractional, (from) => (isNumeric(from) || from.kind === 'string' ? { kind: 'double' } : undefined)),
);
export const interval = param(keep((t) => isAnsiInterval(t) || t.kind === 'calendar_interval'));
export const array = param(keep(({ kind }) => kind === 'array'));
export const map = param(keep(({ kind }) => kind === 'map'));
export const struct = param(keep(({ kind }) => kind === 'struct'));
export const textOrBinary = param((from, context) => (from.kind === 'binary' ? from : toText(from, context)));
/** An array of these, whatever may be missing in it. */
export const arrayOf = (element: DataType) =>
  param((from, context) =>
    from.kind === 'void' || (from.kind === 'array' && coercible(from.element, element, context))
      ? { kind: 'array', element, containsNull: from.kind === 'array' ? from.containsNull : true }
      : undefined,
  );

function coercible(from: DataType, to: DataType, context: CoercionContext): boolean {
  if (to.kind === 'string') return toText(from, context) !== undefined;
  return from.kind === to.kind || from.kind === 'void';
}

/** The first of several that takes the argument; one that takes it as it is comes before all others. */
export const oneOf =
  (...params: readonly ((name: string) => Param)[]) =>
  (name: string): Param => {
    const choices = params.map((make) => make(name).coerce);
    return {
      name,
      coerce: (from, context) => {
        for (const coerce of choices) {
          const to = coerce(from, context);
          if (to?.kind === from.kind) return to;
        }
        for (const coerce of choices) {
          const to = coerce(from, context);
          if (to !== undefined) return to;
        }
        return undefined;
      },
    };
  };

/** May be left out. */
export const optional = (of: Param): Param => ({ ...of, optional: true });
/** This one and any number more of its kind; `optional(rest(…))` for none, too. */
export const rest = (of: Param): Param => ({ ...of, rest: true });
/** Must be the same for every row. */
export const constant = (of: Param): Param => ({ ...of, constant: true });
/** All parameters of one key are brought to the type that they have in common. */
export const common = (of: Param, key = 'common'): Param => ({ ...of, common: key });
/** The same, but a text and a number have no type in common here. */
export const alike = (of: Param, key = 'alike'): Param => ({ ...of, common: key, keepTexts: true });

/**
 * A lambda. `parameters` gives the types of its parameters from those of the arguments before it: a list for each
 * number of parameters that it may have.
 *
 * @example
 * ```ts
 * lambda('func', ([array]) => [[elementOf(array)], [elementOf(array), int]]);
 * ```
 */
export const lambda = (
  name: string,
  parameters: (types: readonly (DataType | undefined)[]) => readonly (readonly DataType[])[],
): Param => ({ name, coerce: (from) => from, lambda: parameters });
