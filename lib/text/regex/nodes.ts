/** What a regular expression of Java's is made of. Leaves hold their form for V8 already (with the flag `v`). */
export type PatternNode = Leaf | Sequence | Choice | Repeat | Group | Reference;

/** A set of characters (`width` 1) or an assertion (`width` 0); a line ending may be two characters wide. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly source: string;
  readonly width: 0 | 1 | 2;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly items: readonly PatternNode[];
}

export interface Choice {
  readonly kind: 'choice';
  readonly branches: readonly PatternNode[];
}

export interface Repeat {
  readonly kind: 'repeat';
  readonly child: PatternNode;
  readonly min: number;
  readonly max: number;
  readonly mode: 'greedy' | 'lazy' | 'possessive';
}

export interface Group {
  readonly kind: 'group';
  readonly child: PatternNode;
  readonly role: 'plain' | 'capture' | 'atomic' | '=' | '!' | '<=' | '<!';
  /** Of a capturing group, counted from 1. */
  readonly index: number;
}

/** What a capturing group has matched, letter by letter or whatever the case. */
export interface Reference {
  readonly kind: 'reference';
  readonly index: number;
}

/** Says what is wrong with a pattern, and at which character. */
export class PatternError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}
