import { Output } from '../scan/output.js';
import type { Step } from './path.js';
import { JsonRenderer, looseGrammar } from './render.js';

// How what a path finds is written.
/** A string without its quotes. */
const RAW = 0;
/** Everything as JSON: it is an element of an array. */
const QUOTED = 1;
/** As JSON, and of an array its elements. */
const FLAT = 2;
type Style = typeof RAW | typeof QUOTED | typeof FLAT;

// What came of a step.
const NOTHING = 0;
const FOUND = 1;
/** The text is not JSON. */
const BROKEN = 2;
type Found = typeof NOTHING | typeof FOUND | typeof BROKEN;

/** Finds what a path leads to, as Spark does: with `[*]` several values, which are written as an array. */
export class JsonExtractor extends JsonRenderer {
  override out = new Output();
  private path: readonly Step[] = [];
  /** Where the first element of the array that is being written begins; -1 outside of arrays. */
  private elements = -1;

  constructor() {
    super(looseGrammar);
  }

  /**
   * Appends what `path` finds in the text `bytes[from, to)`, which is valid UTF-8, to `out`. False, and nothing
   * appended, if that is nothing or the text is not JSON; what follows its first value is not looked at.
   */
  find(path: readonly Step[], bytes: Uint8Array, from: number, to: number): boolean {
    this.open(bytes, from, to);
    const start = this.out.length;
    this.path = path;
    this.elements = -1;
    if (this.space() !== -1 && this.follow(0, RAW, 1) === FOUND) return true;
    this.out.length = start;
    return false;
  }

  /** Takes the step of that number from the value that begins at `at`, and moves past the value. */
  private follow(step: number, style: Style, depth: number): Found {
    const { path } = this;
    if (step === path.length) return this.write(step, style, depth);
    const first = this.at < this.end ? this.bytes[this.at]! : -1;
    const { kind } = path[step]!;
    if (first === 123 && kind === 'name') return this.member(step, style, depth);
    if (first === 91 && kind === 'index') return this.element(step, style, depth);
    if (first === 91 && kind === 'elements') {
      if (path[step + 1]?.kind === 'elements') return this.all(step + 2, FLAT, depth);
      return style === QUOTED ? this.all(step + 1, QUOTED, depth) : this.some(step + 1, style, depth);
    }
    return this.skip(depth) ? NOTHING : BROKEN;
  }

  private write(step: number, style: Style, depth: number): Found {
    const first = this.at < this.end ? this.bytes[this.at]! : -1;
    if (style === RAW && this.isQuote(first)) return this.copyContent() ? FOUND : BROKEN;
    if (style === FLAT && first === 91) {
      const found = this.visit(step, FLAT, depth);
      return found < 0 ? BROKEN : found > 0 ? FOUND : NOTHING;
    }
    this.separate();
    return this.copy(depth) ? FOUND : BROKEN;
  }

  private separate(): void {
    if (this.elements >= 0 && this.out.length > this.elements) this.out.byte(44);
  }

  /** The first member of that name that is not null and leads anywhere. */
  private member(step: number, style: Style, depth: number): Found {
    if (!this.mayNest(depth)) return BROKEN;
    let found: Found = NOTHING;
    this.at++;
    let next = this.space();
    while (next !== 125) {
      if (!this.name(next)) return BROKEN;
      const wanted = found === NOTHING && this.isNamed(step);
      if (!this.colon()) return BROKEN;
      if (!wanted || this.bytes[this.at] === 110 /* null */) {
        if (!this.skip(depth + 1)) return BROKEN;
      } else {
        found = this.follow(step + 1, style, depth + 1);
        if (found === BROKEN) return BROKEN;
      }
      next = this.nextMember();
      if (next === -1) return BROKEN;
    }
    this.at++;
    return found;
  }

  /** Whether the name just read is that of the step. */
  private isNamed(step: number): boolean {
    const { source, from, to } = this;
    const { name } = this.path[step] as Extract<Step, { kind: 'name' }>;
    if (to - from !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (source[from + i] !== name[i]) return false;
    return true;
  }

  private element(step: number, style: Style, depth: number): Found {
    if (!this.mayNest(depth)) return BROKEN;
    const { index } = this.path[step] as Extract<Step, { kind: 'index' }>;
    const inner = this.path[step + 1]?.kind === 'elements' ? QUOTED : style;
    let found: Found = NOTHING;
    this.at++;
    let next = this.space();
    for (let i = 0; next !== 93; i++) {
      if (i === index) {
        found = this.follow(step + 1, inner, depth + 1);
        if (found === BROKEN) return BROKEN;
      } else if (!this.skip(depth + 1)) {
        return BROKEN;
      }
      next = this.nextElement();
      if (next === -1) return BROKEN;
    }
    this.at++;
    return found;
  }

  /** An array of what the elements lead to. */
  private all(step: number, style: Style, depth: number): Found {
    this.separate();
    const outer = this.elements;
    this.out.byte(91);
    this.elements = this.out.length;
    const found = this.visit(step, style, depth);
    this.elements = outer;
    this.out.byte(93);
    return found < 0 ? BROKEN : found > 0 ? FOUND : NOTHING;
  }

  /** An array of what the elements lead to; of a single one, it alone. */
  private some(step: number, style: Style, depth: number): Found {
    const { out } = this;
    const before = out.length;
    this.separate();
    const outer = this.elements;
    const start = out.length;
    out.byte(91);
    this.elements = out.length;
    const found = this.visit(step, style === RAW ? QUOTED : FLAT, depth);
    this.elements = outer;
    if (found < 0) return BROKEN;
    if (found === 0) {
      out.length = before;
      return NOTHING;
    }
    if (found > 1) {
      out.byte(93);
    } else {
      out.bytes.copyWithin(start, start + 1, out.length);
      out.length--;
    }
    return FOUND;
  }

  /** Follows the path from each element; returns how many led anywhere, or -1. */
  private visit(step: number, style: Style, depth: number): number {
    if (!this.mayNest(depth)) return -1;
    let found = 0;
    this.at++;
    let next = this.space();
    while (next !== 93) {
      const of = this.follow(step, style, depth + 1);
      if (of === BROKEN) return -1;
      found += of;
      next = this.nextElement();
      if (next === -1) return -1;
    }
    this.at++;
    return found;
  }
}
