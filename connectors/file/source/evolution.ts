import { tightestType } from '../../../lib/formats/common-type.js';
import {
  type DataType,
  type Field,
  type Schema,
  field,
  formatType,
  sameType,
  structOf,
  fieldNamed,
} from '../../../lib/schema/index.js';

/** What is done about columns that a later file has besides those that are known, or has in another type. */
export const evolutions = ['none', 'addColumns', 'rescue', 'fail'] as const;

export type Evolution = (typeof evolutions)[number];

/** In what a file differs from what is known. */
export interface Drift {
  readonly added: readonly Field[];
  /** Known columns of a type that widens, without loss, to what holds the values of both. */
  readonly widened: readonly { readonly known: Field; readonly type: DataType }[];
  /** Known columns whose values in the file do not fit. */
  readonly unlike: readonly { readonly known: Field; readonly type: DataType }[];
}

/**
 * Compares the columns of a file with those that are known. Names are alike in any case.
 *
 * @param fixed columns whose types the file cannot tell: of text, with a type that the user declared
 */
export function driftOf(known: Schema, found: Schema, fixed: (name: string) => boolean): Drift {
  const added: Field[] = [];
  const widened: { known: Field; type: DataType }[] = [];
  const unlike: { known: Field; type: DataType }[] = [];
  for (const one of found.fields) {
    const like = fieldNamed(known, one.name);
    if (like === undefined) added.push(field(one.name, one.type));
    else if (!fixed(like.name) && one.type.kind !== 'void') {
      const type = holdingBoth(like.type, one.type);
      if (type === undefined) unlike.push({ known: like, type: one.type });
      else if (!sameType(type, like.type)) widened.push({ known: like, type });
    }
  }
  return { added, widened, unlike };
}

/** The columns that hold the rows of both: new ones come last. */
export const evolved = (known: Schema, { added, widened }: Drift): Schema =>
  structOf([
    ...known.fields.map((f) => {
      const wider = widened.find((one) => one.known === f);
      return wider === undefined ? f : field(f.name, wider.type, f.nullable, f.comment);
    }),
    ...added,
  ]);

/** What changes, in words; undefined if nothing does. */
export function describeDrift({ added, widened, unlike }: Drift): string | undefined {
  const changes = [
    ...added.map((f) => `new column '${f.name}' ${formatType(f.type)}`),
    ...widened.map(({ known, type }) => `'${known.name}' ${formatType(known.type)} to ${formatType(type)}`),
    ...unlike.map(({ known, type }) => `'${known.name}' ${formatType(known.type)}, found ${formatType(type)}`),
  ];
  return changes.length === 0 ? undefined : changes.join(', ');
}

/** What a checkpoint learned on top of what is declared: the user may have declared some of it since. */
export const learnedOnTop = (declared: Schema, learned: Schema): Schema =>
  evolved(
    declared,
    driftOf(declared, learned, () => false),
  );

/** How many digits a whole number of a type has: a float or double holds those of fewer than it has itself. */
const digits: Readonly<Record<string, number>> = { byte: 3, short: 5, int: 10, long: 19, float: 7, double: 15 };

/** The type that holds the values of both exactly. */
function holdingBoth(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b) || b.kind === 'void') return a;
  // Members that come and go within a struct are like columns that do.
  if (a.kind === 'struct' && b.kind === 'struct') {
    const drift = driftOf(a, b, () => false);
    return drift.unlike.length > 0 ? undefined : evolved(a, drift);
  }
  const type = tightestType(a, b);
  if (type?.kind !== 'float' && type?.kind !== 'double') return type;
  const other = sameType(type, a) ? b : a;
  return (digits[other.kind] ?? 0) <= digits[type.kind]! || (type.kind === 'double' && other.kind === 'float')
    ? type
    : undefined;
}
