import type { Group, PatternNode, Repeat } from './nodes.js';

export interface Translated {
  /** For V8, with the flag `v`. */
  readonly source: string;
  /** `groups[k]` is V8's number of the pattern's group k; group 0 is the whole match. */
  readonly groups: readonly number[];
}

/**
 * A pattern in V8's language. What V8 lacks, atomic groups and possessive repetitions, becomes `(?=(X))\n`: a
 * look-ahead is never entered again, and the reference goes past what it has seen.
 *
 * Three things stay as V8 has them: a reference to a group that has matched nothing yet is found everywhere (in Java
 * nowhere); a group inside a repetition holds what it matched in the last round only (in Java the last that it
 * matched at all); and no match begins inside a character beyond U+FFFF.
 */
export function translate(root: PatternNode): Translated {
  const groups = [0];
  let count = 0;
  // Inside a look-behind V8 goes backwards, and there a reference comes before its group.
  let behind = 0;
  return { source: print(root), groups };

  function print(node: PatternNode): string {
    switch (node.kind) {
      case 'leaf':
        return node.source;
      case 'sequence':
        return node.items.map((item) => (item.kind === 'choice' ? `(?:${print(item)})` : print(item))).join('');
      case 'choice':
        return node.branches.map(print).join('|');
      case 'repeat':
        return repeat(node);
      case 'group':
        return group(node);
      case 'reference':
        return `(?:\\${groups[node.index]})`;
    }
  }

  function repeat({ child, min, max, mode }: Repeat): string {
    const counts =
      min === 0 && max === Infinity
        ? '*'
        : min === 1 && max === Infinity
          ? '+'
          : min === 0 && max === 1
            ? '?'
            : `{${min},${max === Infinity ? '' : max}}`;
    const printed = () => {
      const simple = child.kind === 'group' && (child.role === 'capture' || child.role === 'plain');
      const source = print(child);
      return (simple || (child.kind === 'leaf' && child.width === 1) ? source : `(?:${source})`) + counts;
    };
    return mode === 'possessive' ? atomic(printed) : printed() + (mode === 'lazy' ? '?' : '');
  }

  function atomic(inside: () => string): string {
    if (behind > 0) return `(?:${inside()})`;
    const number = ++count;
    return `(?=(${inside()}))(?:\\${number})`;
  }

  function group({ child, role, index }: Group): string {
    switch (role) {
      case 'capture':
        groups[index] = ++count;
        return `(${print(child)})`;
      case 'plain':
        return `(?:${print(child)})`;
      case 'atomic':
        return atomic(() => print(child));
      case '=':
      case '!':
        return `(?${role}${print(child)})`;
      case '<=':
      case '<!': {
        behind++;
        const source = `(?${role}${print(child)})`;
        behind--;
        return source;
      }
    }
  }
}

/**
 * In how many ways a node can match what begins at one place of a text of `length` characters, at most: what a
 * backtracking search may have to go through.
 */
export function waysOf(node: PatternNode, length: number): number {
  switch (node.kind) {
    case 'leaf':
    case 'reference':
      return Math.max(1, node.kind === 'leaf' ? node.width : 1);
    case 'sequence':
      return node.items.reduce((product, item) => product * waysOf(item, length), 1);
    case 'choice':
      return node.branches.reduce((sum, branch) => sum + waysOf(branch, length), 0);
    case 'group':
      return waysOf(node.child, length);
    case 'repeat': {
      const once = waysOf(node.child, length);
      // No repetition but those that must be matches nothing: there are no more than characters.
      const most = Math.min(node.max, Math.max(length, node.min));
      if (once === 1) return most - node.min + 1;
      return once ** Math.min(most, 1024) * 2;
    }
  }
}
