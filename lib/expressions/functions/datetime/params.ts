import { type AtomicKind, simpleString } from '../../../schema/index.js';
import type { Bound } from '../../bound.js';
import { isNumeric } from '../../coerce.js';
import { invalid } from '../../errors.js';
import type { Binder, Param } from '../define.js';

type Take = Param['coerce'];

const taking =
  (take: Take) =>
  (name: string): Param => ({ name, coerce: take });

/** A timestamp of either kind as it is; dates and texts become an instant. */
export const moment = taking((from) => {
  if (from.kind === 'timestamp' || from.kind === 'timestamp_ntz') return from;
  return from.kind === 'date' || from.kind === 'string' || from.kind === 'void' ? { kind: 'timestamp' } : undefined;
});

/** A text, date or timestamp, as it is. */
export const dated = taking((from) => {
  if (from.kind === 'void') return { kind: 'string' };
  return from.kind === 'string' || from.kind === 'date' || from.kind.startsWith('timestamp') ? from : undefined;
});

/** A number of days: no wider than an INT; a text only where it is constant. */
export const dayCount = taking((from, { constant }) => {
  const fits = from.kind === 'byte' || from.kind === 'short' || from.kind === 'int';
  return fits || (constant && from.kind === 'string') || from.kind === 'void' ? { kind: 'int' } : undefined;
});

/** Only these types; nothing is cast but a null, which becomes the first. */
export const exactly = (...kinds: readonly AtomicKind[]): ((name: string) => Param) =>
  taking((from) => {
    if (from.kind === 'void') return { kind: kinds[0]! };
    return kinds.some((kind) => kind === from.kind) ? from : undefined;
  });

/** A number, as it is; no text is cast to one. */
export const number = taking((from) =>
  isNumeric(from) ? from : from.kind === 'void' ? { kind: 'double' } : undefined,
);

/** Seconds with six digits after the point, of so many digits in all. */
export const seconds = (precision: number): ((name: string) => Param) =>
  taking((from) =>
    isNumeric(from) || from.kind === 'string' || from.kind === 'void'
      ? { kind: 'decimal', precision, scale: 6 }
      : undefined,
  );

/** An argument of a special function, cast as a parameter takes it. */
export function taken(arg: Bound, param: Param, name: string, binder: Binder): Bound {
  const to = param.coerce(arg.type, { ansi: binder.ansi, constant: arg.kind === 'literal' });
  if (to !== undefined) return binder.cast(arg, to);
  const found = simpleString(arg.type).toUpperCase();
  throw invalid('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', `${name}: '${param.name}' cannot be a ${found}.`);
}
