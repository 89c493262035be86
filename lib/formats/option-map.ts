import { failed } from '../expressions/errors.js';

/** Options as Spark's functions take them: a map of texts, in which the case of names does not matter. */
export class OptionMap {
  private readonly values: ReadonlyMap<string, string>;

  constructor(entries: Iterable<readonly [string, string]> = []) {
    this.values = new Map(Array.from(entries, ([name, value]) => [name.toLowerCase(), value]));
  }

  text(name: string): string | undefined {
    return this.values.get(name.toLowerCase());
  }

  /** Throws ExpressionError if the value is neither `true` nor `false`. */
  flag(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^true$/i.test(text)) return true;
    if (/^false$/i.test(text)) return false;
    throw failed('INVALID_PARAMETER_VALUE', `The option '${name}' must be 'true' or 'false', not '${text}'.`);
  }

  /** The flags of these names, each with what holds if it is not given. */
  flags<K extends string>(defaults: Readonly<Record<K, boolean>>): Record<K, boolean> {
    const entries = Object.entries<boolean>(defaults).map(([name, value]) => [name, this.flag(name) ?? value]);
    return Object.fromEntries(entries) as Record<K, boolean>;
  }
}
