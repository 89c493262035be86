import { Output } from '../scan/output.js';
import { JsonRenderer, looseGrammar } from './render.js';

/** Takes texts that are one array or one object apart. What follows it is not looked at. */
export class JsonMembers extends JsonRenderer {
  override out = new Output();

  constructor() {
    super(looseGrammar);
  }

  /** How many elements the array has; undefined if the text is no array. */
  count(bytes: Uint8Array, from: number, to: number): number | undefined {
    this.open(bytes, from, to);
    if (this.space() !== 91) return undefined;
    this.at++;
    let next = this.space();
    let count = 0;
    for (; next !== 93; count++) {
      if (!this.skip(2)) return undefined;
      next = this.nextElement();
      if (next === -1) return undefined;
    }
    return count;
  }

  /** The names in the object, repeated ones too; undefined if the text is no object. */
  names(bytes: Uint8Array, from: number, to: number): string[] | undefined {
    const names: string[] = [];
    const read = (name: string): boolean => {
      names.push(name);
      return this.skip(2);
    };
    return this.each(bytes, from, to, read) ? names : undefined;
  }

  /**
   * The values of these names in the object, as texts; strings without their quotes. Null where there is none, it is
   * `null`, or the text is no object. Of a repeated name the last value counts.
   */
  values(names: readonly (string | null)[], bytes: Uint8Array, from: number, to: number): (string | null)[] {
    const values = names.map((): string | null => null);
    const read = (name: string): boolean => {
      const first = this.at < this.end ? this.bytes[this.at]! : -1;
      if (first === 110 /* null */ || !names.includes(name)) return this.skip(2);
      this.out.length = 0;
      if (!(this.isQuote(first) ? this.copyContent() : this.copy(2))) return false;
      const text = this.out.bytes.toString('utf8', 0, this.out.length);
      names.forEach((wanted, i) => {
        if (wanted === name) values[i] = text;
      });
      return true;
    };
    return this.each(bytes, from, to, read) ? values : values.fill(null);
  }

  /** Calls `read` at the value of each member; it moves past it, or says false. */
  private each(bytes: Uint8Array, from: number, to: number, read: (name: string) => boolean): boolean {
    this.open(bytes, from, to);
    if (this.space() !== 123) return false;
    this.at++;
    let next = this.space();
    while (next !== 125) {
      if (!this.name(next)) return false;
      const { source } = this;
      const name = Buffer.from(source.buffer, source.byteOffset + this.from, this.to - this.from).toString();
      if (!this.colon() || !read(name)) return false;
      next = this.nextMember();
      if (next === -1) return false;
    }
    return true;
  }
}
