import type { Observer } from 'rxjs';
import { SluiceError, didYouMean } from '../errors/index.js';
import { type Schema, type SchemaLike, toSchema } from '../schema/index.js';

/** How one option is read. `T` is what the code gets; `In` what users may write. */
export interface Option<T, In = T> {
  /** Reads a given value; throws a plain text for what was expected. */
  readonly read: (value: unknown) => T;
  readonly fallback: T | undefined;
  readonly required: boolean;
  /** For the compiler only. */
  readonly input?: In;
}

type Spec = Readonly<Record<string, Option<unknown, unknown>>>;

/** What the code gets from a spec. */
export type Parsed<S extends Spec> = { readonly [K in keyof S]: S[K] extends Option<infer T, unknown> ? T : never };

/** Whether it is an object with names, such as options are. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class Expected extends Error {}
const expected = (what: string): never => {
  throw new Expected(what);
};

/**
 * Reads the options of `what` (a factory's name, for messages). The case of names does not matter, as in Spark;
 * one that is given in two spellings is INVALID_OPTION. Unknown keys are refused with the nearest known name, a missing
 * required one with MISSING_OPTION, a wrong value with INVALID_OPTION. A value of `undefined` means that the option was
 * not given.
 */
export function parseOptions<S extends Spec>(what: string, given: unknown, spec: S): Parsed<S> {
  if (given !== undefined && !isObject(given)) {
    throw new SluiceError('INVALID_OPTION', `${what}: the options must be an object, not ${show(given)}.`);
  }
  const options = named(what, given ?? {}, spec);
  const out: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(spec)) {
    const value = options[key];
    if (value === undefined) {
      if (option.required) {
        throw new SluiceError('MISSING_OPTION', `${what}: the option '${key}' is required.`, {
          details: { option: key },
        });
      }
      out[key] = option.fallback;
      continue;
    }
    try {
      out[key] = option.read(value);
    } catch (error) {
      if (!(error instanceof Expected)) throw error;
      const message = `${what}: the option '${key}' must be ${error.message}, not ${show(value)}.`;
      throw new SluiceError('INVALID_OPTION', message, { details: { option: key } });
    }
  }
  return out as Parsed<S>;
}

/** The name in `spec` that `key` stands for: itself, or one that differs in case only. */
export function optionName(spec: Readonly<Record<string, unknown>>, key: string): string | undefined {
  if (Object.hasOwn(spec, key)) return key;
  const lower = key.toLowerCase();
  return Object.keys(spec).find((name) => name.toLowerCase() === lower);
}

/** The options by their names in the spec. */
function named(
  what: string,
  options: Readonly<Record<string, unknown>>,
  spec: Spec,
): Readonly<Record<string, unknown>> {
  const keys = Object.keys(options);
  if (keys.every((key) => Object.hasOwn(spec, key))) return options;
  const out: Record<string, unknown> = {};
  for (const key of keys) {
    const name = optionName(spec, key);
    if (name === undefined) {
      const hint = didYouMean(key, Object.keys(spec));
      const details = { option: key, known: Object.keys(spec) };
      throw new SluiceError('UNKNOWN_OPTION', `${what}: there is no option '${key}'.${hint}`, { details });
    }
    if (options[key] === undefined) continue;
    if (Object.hasOwn(out, name)) {
      const message = `${what}: the option '${name}' is given twice, in two spellings. Leave one out.`;
      throw new SluiceError('INVALID_OPTION', message, { details: { option: name } });
    }
    out[name] = options[key];
  }
  return out;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

const make = <T, In>(read: (value: unknown) => T, fallback: T | undefined): Option<T, In> => ({
  read,
  fallback,
  required: false,
});

/** The option must be given. */
export const required = <T, In>(option: Option<T | undefined, In>): Option<T, In> =>
  ({ ...option, required: true }) as Option<T, In>;

export function text(): Option<string | undefined, string>;
export function text(fallback: string): Option<string, string>;
export function text(fallback?: string): Option<string | undefined, string> {
  return make((v) => (typeof v === 'string' ? v : expected('a string')), fallback);
}

/** A string of at least one character. */
export function nonEmptyText(): Option<string | undefined, string> {
  return make((v) => (typeof v === 'string' && v !== '' ? v : expected('a string that is not empty')), undefined);
}

/** True or false, or one of these words in any case. */
export function flag(fallback: boolean): Option<boolean, boolean> {
  return make((v) => {
    if (typeof v === 'boolean') return v;
    const word = typeof v === 'string' ? v.toLowerCase() : v;
    if (word === 'true' || word === 'false') return word === 'true';
    return expected('true or false');
  }, fallback);
}

/** A whole number within bounds. */
export function wholeNumber(bounds: { min: number; max?: number }): Option<number | undefined, number>;
export function wholeNumber(bounds: { min: number; max?: number }, fallback: number): Option<number, number>;
export function wholeNumber(
  bounds: { min: number; max?: number },
  fallback?: number,
): Option<number | undefined, number> {
  const { min, max = Number.MAX_SAFE_INTEGER } = bounds;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return make((v) => {
    const number = typeof v === 'string' && /^-?\d+$/.test(v) ? Number(v) : v;
    return Number.isSafeInteger(number) && (number as number) >= min && (number as number) <= max
      ? (number as number)
      : expected(`a whole number ${range}`);
  }, fallback);
}

/** One of some words; case does not matter. */
export function oneOf<const W extends string>(words: readonly W[]): Option<W | undefined, W>;
export function oneOf<const W extends string>(words: readonly W[], fallback: W): Option<W, W>;
export function oneOf<const W extends string>(words: readonly W[], fallback?: W): Option<W | undefined, W> {
  const list = words.map((w) => `'${w}'`).join(', ');
  return make((v) => {
    const word = typeof v === 'string' ? words.find((w) => w.toLowerCase() === v.toLowerCase()) : undefined;
    return word ?? expected(`one of ${list}`);
  }, fallback);
}

/** A duration in milliseconds: a number of them, or a text such as `'10 seconds'`. */
export type Duration = number | string;

export function duration(): Option<number | undefined, Duration>;
export function duration(fallback: Duration): Option<number, Duration>;
export function duration(fallback?: Duration): Option<number | undefined, Duration> {
  return make(
    (v) => parseDuration(v) ?? expected("a duration such as '10 seconds' or a number of milliseconds"),
    fallback === undefined ? undefined : parseDuration(fallback),
  );
}

/** A size in bytes: a number of them, or a text such as `'64m'`. */
export type Size = number | string;

export function size(): Option<number | undefined, Size>;
export function size(fallback: Size): Option<number, Size>;
export function size(fallback?: Size): Option<number | undefined, Size> {
  return make(
    (v) => parseSize(v) ?? expected("a size such as '64m' or a number of bytes, at least 1"),
    fallback === undefined ? undefined : parseSize(fallback),
  );
}

/** A list of column names. */
export function names(): Option<readonly string[], readonly string[]> {
  return make((v) => {
    const list = typeof v === 'string' ? [v] : v;
    const fits = Array.isArray(list) && list.every((n) => typeof n === 'string' && n !== '');
    return fits ? (list as string[]) : expected('a list of column names');
  }, []);
}

export function schema<Row = unknown>(): Option<Schema<Row> | undefined, SchemaLike<Row>> {
  return make((v) => toSchema(v as SchemaLike<Row>), undefined);
}

/** A function. */
export function func<F>(): Option<F | undefined, F> {
  return make((v) => (typeof v === 'function' ? (v as F) : expected('a function')), undefined);
}

/** Whether something can take batches: an Observer. */
export const isSink = (value: unknown): value is Observer<never> =>
  typeof (value as Observer<unknown> | null | undefined)?.next === 'function';

/** A sink. */
export function sink<T>(): Option<Observer<T> | undefined, Observer<T>> {
  return make((v) => (isSink(v) ? (v as Observer<T>) : expected('a sink')), undefined);
}

/** Anything that `test` accepts; `what` says what that is. */
export function custom<T>(test: (value: unknown) => value is T, what: string): Option<T | undefined, T> {
  return make((v) => (test(v) ? v : expected(what)), undefined);
}

const unitMillis: Readonly<Record<string, number>> = {
  ms: 1,
  milli: 1,
  millisecond: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
};

/** Milliseconds of `'10 seconds'`, `'1 hour 30 minutes'`, `'interval 5 minutes'`, `250`; undefined if it is not a duration. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const body = value.trim().replace(/^interval\s+/i, '');
  if (/^\d+$/.test(body)) return Number(body);
  const part = /\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)/y;
  let total = 0;
  let at = 0;
  while (at < body.length) {
    part.lastIndex = at;
    const match = part.exec(body);
    if (match === null) return undefined;
    const unit = match[2]!.toLowerCase();
    const millis = unitMillis[unit] ?? unitMillis[unit.replace(/s$/, '')];
    if (millis === undefined) return undefined;
    total += Number(match[1]) * millis;
    at = part.lastIndex;
  }
  return body === '' ? undefined : total;
}

/** Bytes of `'64m'`, `'10kb'`, `4096`; undefined if it is not a size. Units are powers of 1024, as in Spark. */
export function parseSize(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^\s*(\d+)\s*(?:([kmgt]?)i?b?)\s*$/i.exec(value);
  if (match === null) return undefined;
  const bytes = Number(match[1]) * 1024 ** ' kmgt'.indexOf(match[2]!.toLowerCase() || ' ');
  return Number.isSafeInteger(bytes) && bytes >= 1 ? bytes : undefined;
}
