import type { DataType } from '../schema/index.js';
import { ExpressionError, type Place, invalid, located } from './errors.js';
import { reserved } from './keywords.js';
import { type Token, tokenize } from './tokens.js';
import type { Expression } from './tree.js';

/** Walks over the tokens of a text, and knows where it is when something is wrong. */
export class Cursor {
  private readonly tokens: readonly Token[];
  protected at = 0;

  constructor(protected readonly text: string) {
    this.tokens = tokenize(text);
  }

  get token(): Token {
    return this.tokens[this.at]!;
  }

  peek(ahead: number): Token {
    return this.tokens[Math.min(Math.max(this.at + ahead, 0), this.tokens.length - 1)]!;
  }

  protected peekSymbol(ahead: number, symbol: string): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  protected peekCall(lower: string): boolean {
    return this.token.kind === 'word' && this.token.lower === lower && this.peekSymbol(1, '(');
  }

  skip(tokens: number): void {
    this.at += tokens;
  }

  word(lower: string): boolean {
    if (this.token.kind !== 'word' || this.token.lower !== lower) return false;
    this.at++;
    return true;
  }

  expectWord(lower: string): void {
    if (!this.word(lower)) throw this.error(`${lower.toUpperCase()} was expected here.`);
  }

  symbol(text: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.text !== text) return false;
    this.at++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.symbol(symbol)) throw this.error(`'${symbol}' was expected here.`);
  }

  protected name(): string {
    const { kind, text, lower } = this.token;
    if (kind !== 'quoted' && (kind !== 'word' || reserved.has(lower))) throw this.error('A name was expected here.');
    this.at++;
    return text;
  }

  /** A field may be called by a number or a keyword. */
  protected fieldName(): string {
    const { kind, text } = this.token;
    if (kind !== 'quoted' && kind !== 'word' && !(kind === 'number' && /^\d+$/.test(text))) {
      throw this.error('The name of a field was expected here.');
    }
    this.at++;
    return text;
  }

  literal(type: DataType, value: string | boolean | null | Uint8Array, start: Token): Expression {
    return { kind: 'literal', type, value, place: this.from(start) };
  }

  /** From a token to the last one read. */
  from(start: Token): Place {
    return { text: this.text, from: start.from, to: this.peek(-1).to };
  }

  error(message: string): Error {
    const { from, to } = this.token;
    const place = { text: this.text, from, to: Math.max(to, from + 1) };
    return located(invalid('PARSE_SYNTAX_ERROR', message), place);
  }

  protected placed(error: ExpressionError, { from, to }: Token): Error {
    return located(error, { text: this.text, from, to });
  }

  protected locating<T>(from: number, to: number, make: () => T): T {
    try {
      return make();
    } catch (error) {
      throw error instanceof ExpressionError ? located(error, { text: this.text, from, to }) : error;
    }
  }
}
