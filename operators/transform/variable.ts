import type { Value } from '../../lib/expressions/values.js';
import { type DataType, anyType, array } from '../../lib/schema/index.js';
import { copied } from '../../lib/state/copied.js';
import type { StateStore } from '../../lib/state/index.js';
import { type StateForm, stateForm } from '../groups/state-form.js';
import type { Current } from './current.js';

/** What the handle does with a state variable around a batch. */
export interface Variable {
  /** How many values are kept in it, of all keys. */
  readonly size: number;
  /** Removes what expires by `now`; gives, for each, whether something is there again later. */
  expire(now: number): (() => boolean)[];
}

/** How the values of a variable are kept: each is a copy of what was given, or of what is kept. */
export function valueForm(type: DataType | undefined, stateName: string): StateForm {
  const form = type === undefined ? plain : stateForm(type, stateName);
  return { ...form, toKept: (value) => form.toKept(present(value, stateName)) };
}

/** The same for many values at once, as lists of them. */
export function valuesForm(type: DataType | undefined, stateName: string): StateForm {
  const form = type === undefined ? plain : stateForm(array(type), stateName);
  return {
    ...form,
    toKept: (values) => form.toKept(Array.from(values as Iterable<unknown>, (value) => present(value, stateName))),
  };
}

function present(value: unknown, stateName: string): unknown {
  if (value !== null && value !== undefined) return value;
  throw new TypeError(`the state '${stateName}' cannot hold ${String(value)}; clear or remove what is to be gone`);
}

const plain: StateForm = {
  type: anyType(),
  toKept: (value) => copied(value) as Value,
  fromKept: (value) => copied(value),
};

/** What a variable is made of. */
export interface VariableParts {
  readonly current: Current;
  /** How long values live, in milliseconds; undefined: for ever. */
  readonly ttl: number | undefined;
}

/** When what is put now expires, in milliseconds since the epoch. */
export const expiryOf = ({ current, ttl }: VariableParts): number | undefined =>
  ttl === undefined ? undefined : current.batch.timestamp + ttl;

/** Removes what expires by `now`, and says of each key whether it was put again later. */
export function expireEntries(store: StateStore, now: number, remove: (key: string) => void): (() => boolean)[] {
  const expired: string[] = [];
  for (const [key] of store.expired(now)) {
    remove(key);
    expired.push(key);
  }
  return expired.map((key) => () => store.get(key) !== undefined);
}
