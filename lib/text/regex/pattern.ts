import { failed } from '../../expressions/errors.js';
import { REGEX_TIME_LIMIT, runLimited } from './guard.js';
import { PatternError } from './nodes.js';
import { parsePattern } from './parse.js';
import { translate, waysOf } from './translate.js';

/*
 * Patterns run on V8's own engine: measured 27 million short texts a second, where engines of guaranteed linear time
 * do 1.1 million (re2js) and 0.3 million (re2-wasm), and know neither look-around nor back references. V8 backtracks,
 * so a search that could take long runs where it can be interrupted: `node:vm` with a time limit does stop a regular
 * expression, for 0.08 ms a call. Therefore `freeLength` tells beforehand, from the shape of the pattern, up to which
 * length no text can take long, and a column is searched within one call.
 */

/** So many steps are a few hundredths of a second at worst. */
const FREE_STEPS = 1e7;

/** A regular expression of Java's. Immutable, but for `scanner.lastIndex`, which every user sets first. */
export class JavaPattern {
  /** For the first match from the beginning. */
  readonly finder: RegExp;
  /** For the matches one after the other. */
  readonly scanner: RegExp;
  /** `groups[k]` is where a match of V8's holds group k. */
  readonly groups: readonly number[];
  readonly names: ReadonlyMap<string, number>;
  /** Texts of up to so many UTF-16 units may be searched without a guard. */
  readonly freeLength: number;

  /** Throws INVALID_PARAMETER_VALUE.PATTERN where Java would not take the pattern. */
  constructor(readonly pattern: string) {
    try {
      const { root, names } = parsePattern(pattern);
      const { source, groups } = translate(root);
      this.finder = new RegExp(source, 'v');
      this.scanner = new RegExp(source, 'gv');
      // Only now V8 looks whether it is too large.
      this.finder.test('');
      this.groups = groups;
      this.names = names;
      this.freeLength = lastBelow((length) => (length + 1) * waysOf(root, length), FREE_STEPS);
    } catch (error) {
      const clipped = pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern;
      const why = error instanceof PatternError ? `At character ${error.at + 1}: ${error.message}` : 'It is too large.';
      throw failed(
        'INVALID_PARAMETER_VALUE.PATTERN',
        `'${clipped}' is not a regular expression. ${why} Java's syntax is expected.`,
      );
    }
  }

  /** The number of the last group. */
  get groupCount(): number {
    return this.groups.length - 1;
  }

  /** Does `work`, which searches one text of this length. Throws REGEX_TIMEOUT if that takes too long. */
  guard<T>(length: number, work: () => T): T {
    if (length <= this.freeLength) return work();
    let result: T;
    this.each(1, length, () => void (result = work()));
    return result!;
  }

  /**
   * Calls `row` for 0 to `n` - 1, each of which searches one text of up to `longest` UTF-16 units. It may be called
   * again for a row that it has not finished. Throws REGEX_TIMEOUT if one takes too long.
   */
  each(n: number, longest: number, row: (i: number) => void): void {
    if (longest <= this.freeLength) {
      for (let i = 0; i < n; i++) row(i);
      return;
    }
    let at = 0;
    const rest = () => {
      for (; at < n; at++) row(at);
    };
    while (at < n) {
      const from = at;
      if (!this.limited(rest) && at === from) throw this.timeout();
    }
  }

  private limited(work: () => void): boolean {
    try {
      return runLimited(work, REGEX_TIME_LIMIT);
    } catch (error) {
      // What V8's engine throws when it remembers more places to go back to than it has memory for.
      if (error instanceof RangeError) throw this.timeout();
      throw error;
    }
  }

  private timeout(): Error {
    return failed(
      'REGEX_TIMEOUT',
      `Searching a text for '${this.pattern.slice(0, 100)}' took longer than ${REGEX_TIME_LIMIT} ms and was stopped. ` +
        'Nested or neighbouring repetitions that match the same characters make a search take exponentially long: ' +
        "write '(a+)+' as 'a+', or make them possessive: '(a++)+'.",
    );
  }
}

/** The greatest number up to 2^30 for which a growing function is not above `most`; 0 if there is none. */
function lastBelow(f: (n: number) => number, most: number): number {
  let below = 0;
  for (let step = 2 ** 29; step >= 1; step /= 2) if (f(below + step) <= most) below += step;
  return below;
}

const compiled = new Map<string, JavaPattern>();

/** Patterns that come from a column repeat; the last few are kept. */
export function javaPattern(pattern: string): JavaPattern {
  let known = compiled.get(pattern);
  if (known !== undefined) return known;
  known = new JavaPattern(pattern);
  if (compiled.size >= 100) compiled.delete(compiled.keys().next().value!);
  compiled.set(pattern, known);
  return known;
}
