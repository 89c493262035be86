import { JsonTokens } from './tokens.js';

/** As in Spark's JSON reader: what is nested deeper is malformed. */
const MAX_DEPTH = 1000;

/** Moves through arrays and objects. Methods that give a boolean do as those of `JsonTokens`. */
export class JsonWalker extends JsonTokens {
  /** Whether what opens at `depth` may be there. */
  protected mayNest(depth: number): boolean {
    return depth <= MAX_DEPTH || this.fail(`values nested more than ${MAX_DEPTH} levels deep`);
  }

  /** Moves past the value that begins at `at`, and would be nested `depth` deep if it were an array or object. */
  skip(depth: number): boolean {
    if (this.at >= this.end) return this.fail('nothing where a value was expected');
    const first = this.bytes[this.at]!;
    switch (first) {
      case 34:
        return this.skipString();
      case 123:
        return this.skipObject(depth);
      case 91:
        return this.skipArray(depth);
      case 116:
      case 102:
      case 110:
        return this.word(first);
      case 39:
        return this.lenient.allowSingleQuotes ? this.skipString() : this.fail('a single quote');
      default:
        return this.number();
    }
  }

  /** Moves past the name of a member, which begins with the byte `first`; it becomes the content. */
  protected name(first: number): boolean {
    if (first === -1) return this.fail('an object that is not closed');
    return this.isQuote(first) ? this.string() : this.unquotedName();
  }

  /** Moves past a colon, to where a value begins. */
  protected colon(): boolean {
    if (this.space() !== 58) return this.fail('no colon after a name');
    this.at++;
    this.space();
    return true;
  }

  /** After an element of an array: the first byte of the next one, or the bracket that ends the array; -1 if neither is there. */
  protected nextElement(): number {
    const next = this.space();
    if (next === 93) return next;
    if (next !== 44) {
      this.fail('neither a comma nor the end of an array');
      return -1;
    }
    this.at++;
    const first = this.space();
    if (first !== 93 && first !== -1) return first;
    this.fail('a comma without a value after it');
    return -1;
  }

  /** After a member of an object: the first byte of the next one, or the brace that ends the object; -1 if neither is there. */
  protected nextMember(): number {
    const next = this.space();
    if (next === 125) return next;
    if (next !== 44) {
      this.fail(next === -1 ? 'an object that is not closed' : 'neither a comma nor the end of an object');
      return -1;
    }
    this.at++;
    const first = this.space();
    if (first !== 125 && first !== -1) return first;
    this.fail('a comma without a name after it');
    return -1;
  }

  private skipArray(depth: number): boolean {
    if (!this.mayNest(depth)) return false;
    this.at++;
    if (this.space() === 93) {
      this.at++;
      return true;
    }
    for (;;) {
      if (!this.skip(depth + 1)) return false;
      const next = this.space();
      this.at++;
      if (next === 93) return true;
      if (next !== 44) return this.fail('neither a comma nor the end of an array', this.at - 1);
      this.space();
    }
  }

  private skipObject(depth: number): boolean {
    if (!this.mayNest(depth)) return false;
    this.at++;
    let next = this.space();
    if (next === 125) {
      this.at++;
      return true;
    }
    for (;;) {
      if (next === -1) return this.fail('an object that is not closed');
      if (!(this.isQuote(next) ? this.skipString() : this.unquotedName())) return false;
      if (this.space() !== 58) return this.fail('no colon after a name');
      this.at++;
      this.space();
      if (!this.skip(depth + 1)) return false;
      next = this.space();
      this.at++;
      if (next === 125) return true;
      if (next !== 44) return this.fail('neither a comma nor the end of an object', this.at - 1);
      next = this.space();
    }
  }
}
