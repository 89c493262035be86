import { type CharacterReader, type Flags, readEscapedCode, readSet, reader } from './characters.js';
import type { Group, PatternNode, Repeat } from './nodes.js';
import { BOUNDARY_WORD, LINE, namedSet, not, rangeIgnoringCase } from './sets.js';

export interface Parsed {
  readonly root: PatternNode;
  /** How many capturing groups there are. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** Deeper patterns are refused rather than followed until the stack ends. */
const MAX_DEPTH = 200;

/** Reads a pattern as Java's `java.util.regex.Pattern` does. Throws `PatternError`. */
export function parsePattern(pattern: string): Parsed {
  const r = reader(pattern);
  const names = new Map<string, number>();
  let groups = 0;
  let depth = 0;
  let flags: Flags = { i: false, u: false, m: false, s: false, d: false, x: false, U: false };

  const root = alternatives();
  if (!r.done()) throw r.error('A closing parenthesis has no opening one.');
  return { root, groups, names };

  function alternatives(): PatternNode {
    if (++depth > MAX_DEPTH) throw r.error(`Groups are nested more than ${MAX_DEPTH} deep.`);
    const branches = [sequence()];
    while (r.take('|')) branches.push(sequence());
    depth--;
    return branches.length === 1 ? branches[0]! : { kind: 'choice', branches };
  }

  function sequence(): PatternNode {
    const items: PatternNode[] = [];
    for (;;) {
      skipComments();
      if (r.done() || r.peek() === '|' || r.peek() === ')') break;
      const item = atom();
      if (item !== undefined) items.push(quantified(item));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  function skipComments(): void {
    if (flags.x) r.skipComments();
  }

  /** Undefined for what stands for nothing, such as `(?i)` or `\Q\E`. */
  function atom(): PatternNode | undefined {
    const c = r.peek();
    switch (c) {
      case '(':
        return group();
      case '[':
        r.next();
        return { kind: 'leaf', source: `[${readSet(r, flags)}]`, width: 1 };
      case '.':
        r.next();
        return set(flags.s ? '\\0-\\u{10ffff}' : flags.d ? '[^\\n]' : not(LINE));
      case '^':
        r.next();
        return assertion(flags.m ? lineStart() : '^');
      case '$':
        r.next();
        return assertion(flags.m ? lineEnd() : lastEnd());
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        throw r.error(`There is nothing before '${c}' that it could repeat.`);
      case '{':
        // It repeats nothing, also after another repetition.
        quantifier(r);
        return undefined;
      default:
        return literal(r.next().codePointAt(0)!);
    }
  }

  function literal(code: number): PatternNode {
    const source = rangeIgnoringCase(code, code, { ignore: flags.i, unicode: flags.u });
    const plain = /^\\u\{[0-9a-f]+\}$/.test(source);
    return { kind: 'leaf', source: plain ? source : `[${source}]`, width: 1 };
  }

  /** A line begins after each end of a line, but not where the text ends. */
  function lineStart(): string {
    return flags.d ? '(?!$)(?:^|(?<=\\n))' : '(?!$)(?:^|(?<=[\\n\\x85\\u2028\\u2029]|\\r(?!\\n)))';
  }

  function lineEnd(): string {
    return flags.d ? '(?=\\n|$)' : '(?=$|(?<!\\r)\\n|[\\r\\x85\\u2028\\u2029])';
  }

  /** The end of the text, or of its last line. */
  function lastEnd(): string {
    return flags.d ? '(?=\\n?$)' : '(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\x85\\u2028\\u2029])?$)';
  }

  function escape(): PatternNode | undefined {
    r.next();
    const c = r.peek();
    const named = namedSet(c, flags.U);
    if (named !== undefined) {
      r.next();
      return set(named);
    }
    switch (c) {
      case 'p':
      case 'P':
        r.back();
        return { kind: 'leaf', source: `[${readSet(r, flags, true)}]`, width: 1 };
      case 'A':
        r.next();
        return assertion('^');
      case 'z':
        r.next();
        return assertion('$');
      case 'Z':
        r.next();
        return assertion(lastEnd());
      case 'b':
      case 'B':
        r.next();
        return assertion(boundary(c === 'b'));
      case 'R':
        r.next();
        return { kind: 'leaf', source: '(?:\\r\\n|[\\n\\v\\f\\r\\x85\\u2028\\u2029])', width: 2 };
      case 'Q':
        r.next();
        return quoted();
      case 'k': {
        r.next();
        if (!r.take('<')) throw r.error("'\\k' wants the name of a group: \\k<name>.");
        const name = groupName();
        const index = names.get(name);
        if (index === undefined) throw r.error(`There is no group named '${name}' before this.`);
        return reference(index);
      }
      case 'G':
      case 'X':
      case 'N':
        throw r.error(`'\\${c}' is not supported.`);
      default:
        if (c >= '1' && c <= '9') return numberedReference();
        return literal(readEscapedCode(r));
    }
  }

  function boundary(wanted: boolean): string {
    const w = `[${BOUNDARY_WORD}]`;
    return wanted ? `(?:(?<=${w})(?!${w})|(?<!${w})(?=${w}))` : `(?:(?<=${w})(?=${w})|(?<!${w})(?!${w}))`;
  }

  function quoted(): PatternNode {
    const items: PatternNode[] = [];
    while (!r.done() && !r.take('\\E')) items.push(literal(r.next().codePointAt(0)!));
    // A quantifier after it belongs to the last character.
    const last = items.pop();
    if (last !== undefined) items.push(quantified(last));
    return { kind: 'sequence', items };
  }

  /** As many digits as name a group that there is. */
  function numberedReference(): PatternNode {
    let index = Number(r.next());
    while (/^[0-9]$/.test(r.peek()) && index * 10 + Number(r.peek()) <= groups) index = index * 10 + Number(r.next());
    return reference(index);
  }

  function reference(index: number): PatternNode {
    // A group that comes later or never has matched nothing, and Java finds that nowhere.
    if (index > groups) return assertion('(?!)');
    if (flags.i) throw r.error('A reference to a group is not supported where case is ignored.');
    return { kind: 'reference', index };
  }

  function group(): PatternNode | undefined {
    r.next();
    const outer = flags;
    let role: Group['role'] = 'capture';
    if (r.take('?')) {
      if (r.take(':')) role = 'plain';
      else if (r.take('=')) role = '=';
      else if (r.take('!')) role = '!';
      else if (r.take('>')) role = 'atomic';
      else if (r.take('<=')) role = '<=';
      else if (r.take('<!')) role = '<!';
      else if (r.take('<')) {
        const name = groupName();
        if (names.has(name)) throw r.error(`Two groups are named '${name}'.`);
        names.set(name, groups + 1);
      } else {
        flags = readFlags();
        // `(?i)` holds until the group around it ends.
        if (r.take(')')) return undefined;
        if (!r.take(':')) throw r.error('A flag of this name is not known.');
        role = 'plain';
      }
    }
    const index = role === 'capture' ? ++groups : 0;
    const child = alternatives();
    if (!r.take(')')) throw r.error('A group is not closed.');
    flags = outer;
    return { kind: 'group', child, role, index };
  }

  function readFlags(): Flags {
    const changed = { ...flags };
    let on = true;
    for (;;) {
      if (r.take('-')) on = false;
      else if (/^[idmsuxU]$/.test(r.peek())) {
        const flag = r.next() as keyof Flags;
        changed[flag] = on;
        if (flag === 'U' && on) changed.u = true;
      } else return changed;
    }
  }

  function groupName(): string {
    let name = '';
    while (/^[A-Za-z0-9]$/.test(r.peek())) name += r.next();
    if (!/^[A-Za-z]/.test(name)) throw r.error("A group's name begins with a letter, and has letters and digits only.");
    if (!r.take('>')) throw r.error("A group's name ends with '>'.");
    return name;
  }

  function quantified(child: PatternNode): PatternNode {
    skipComments();
    const bounds = quantifier(r);
    if (bounds === undefined) return child;
    const mode = r.take('+') ? 'possessive' : r.take('?') ? 'lazy' : 'greedy';
    const repeat: Repeat = { kind: 'repeat', child, min: bounds[0], max: bounds[1], mode };
    skipComments();
    const again = r.peek();
    if (again === '*' || again === '+' || again === '?') throw r.error(`There is nothing before '${again}' to repeat.`);
    return repeat;
  }
}

const set = (characters: string): PatternNode => ({ kind: 'leaf', source: `[${characters}]`, width: 1 });
const assertion = (source: string): PatternNode => ({ kind: 'leaf', source, width: 0 });

const MAX_COUNT = 2 ** 31 - 1;

function quantifier(r: CharacterReader): [number, number] | undefined {
  if (r.take('*')) return [0, Infinity];
  if (r.take('+')) return [1, Infinity];
  if (r.take('?')) return [0, 1];
  if (!r.take('{')) return undefined;
  const min = count(r);
  if (min === undefined) throw r.error("A repetition wants a number: {2}, {2,} or {2,5}. Write '\\{' for the brace.");
  let max = min;
  if (r.take(',')) max = r.peek() === '}' ? Infinity : (count(r) ?? -1);
  if (max < min) throw r.error('The greatest number of a repetition is smaller than the least.');
  if (!r.take('}')) throw r.error('A repetition is not closed.');
  return [min, max];
}

function count(r: CharacterReader): number | undefined {
  let digits = '';
  while (/^[0-9]$/.test(r.peek())) digits += r.next();
  if (digits === '') return undefined;
  if (Number(digits) > MAX_COUNT) throw r.error(`A repetition of ${digits} is too many.`);
  return Number(digits);
}
