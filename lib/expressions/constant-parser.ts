import { SluiceError } from '../errors/index.js';
import { type DataType, parseTypePrefix, string } from '../schema/index.js';
import { Cursor } from './cursor.js';
import { invalid } from './errors.js';
import { intervalLiteral, isIntervalUnit } from './interval-literals.js';
import { hexLiteral, numberLiteral } from './literals.js';
import type { Token } from './tokens.js';
import type { Expression } from './tree.js';

/** Reads numbers, strings, `DATE '…'`, intervals and the names of types. */
export class ConstantParser extends Cursor {
  protected number(token: Token, sign: '' | '-'): Expression {
    const from = sign === '' ? token.from : token.from - 1;
    return this.locating(from, token.to, () => ({
      kind: 'literal',
      ...numberLiteral(sign + token.text),
      place: { text: this.text, from, to: token.to },
    }));
  }

  /** Strings that follow each other are one. */
  protected stringLiteral(): Expression {
    const start = this.token;
    if (start.prefix === 'x') {
      this.at++;
      return this.locating(start.from, start.to, () => this.literal({ kind: 'binary' }, hexLiteral(start.text), start));
    }
    let text = '';
    while (this.token.kind === 'string' && this.token.prefix !== 'x') {
      text += this.token.text;
      this.at++;
    }
    return this.literal(string(), text, start);
  }

  /** `DATE '…'`, `TIMESTAMP '…'`. */
  protected typedLiteral(start: Token): Expression | undefined {
    const types: Readonly<Record<string, DataType>> = {
      date: { kind: 'date' },
      timestamp: { kind: 'timestamp' },
      timestamp_ltz: { kind: 'timestamp' },
      timestamp_ntz: { kind: 'timestamp_ntz' },
    };
    if (start.lower === 'time') {
      throw this.placed(invalid('UNSUPPORTED_TIME_TYPE', 'There is no TIME type: use a TIMESTAMP or a STRING.'), start);
    }
    const type = Object.hasOwn(types, start.lower) ? types[start.lower] : undefined;
    if (type === undefined) return undefined;
    this.at++;
    const child = this.stringLiteral();
    return { kind: 'cast', child, type, mode: 'literal', place: this.from(start) };
  }

  /** `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1 day'`; undefined if it is a function. */
  protected interval(): Expression | undefined {
    const { at } = this;
    const start = this.token;
    this.at++;
    const parts: { value: string; unit: string }[] = [];
    for (;;) {
      const sign = this.symbol('-') ? '-' : this.symbol('+') ? '' : '';
      const value = this.token;
      const signed = this.peek(-1).text === '-' || this.peek(-1).text === '+';
      if ((value.kind !== 'number' && value.kind !== 'string') || value.prefix !== undefined) {
        if (signed && this.peek(-1).kind === 'symbol' && parts.length > 0) this.at--;
        break;
      }
      const unit = this.peek(1);
      if (unit.kind !== 'word' || !isIntervalUnit(unit.lower)) {
        if (parts.length > 0 || value.kind !== 'string') {
          if (signed && parts.length > 0) this.at--;
          break;
        }
        this.at++;
        return this.locating(start.from, value.to, () =>
          this.intervalOf([{ value: sign + value.text, unit: '' }], undefined, start),
        );
      }
      this.at += 2;
      parts.push({ value: sign + value.text, unit: unit.lower });
      if (parts.length === 1 && this.token.lower === 'to' && isIntervalUnit(this.peek(1).lower)) {
        const to = this.peek(1).lower;
        this.at += 2;
        return this.locating(start.from, this.peek(-1).to, () => this.intervalOf(parts, to, start));
      }
    }
    if (parts.length === 0) {
      this.at = at;
      return undefined;
    }
    return this.locating(start.from, this.peek(-1).to, () => this.intervalOf(parts, undefined, start));
  }

  private intervalOf(
    parts: readonly { readonly value: string; readonly unit: string }[],
    to: string | undefined,
    start: Token,
  ): Expression {
    return { kind: 'literal', ...intervalLiteral(parts, to), place: this.from(start) };
  }

  /** A type, as in `CAST(x AS …)`. */
  protected type(): DataType {
    const start = this.token;
    const { type, length } = this.locating(start.from, start.to, () => this.readType(start));
    const end = start.from + length;
    while (this.token.kind !== 'end' && this.token.from < end) this.at++;
    return type;
  }

  private readType({ from, lower }: Token): { type: DataType; length: number } {
    if (lower === 'time') throw invalid('UNSUPPORTED_TIME_TYPE', 'There is no TIME type: use a TIMESTAMP or a STRING.');
    try {
      return parseTypePrefix(this.text, from);
    } catch (error) {
      throw error instanceof SluiceError ? invalid('UNSUPPORTED_DATATYPE', error.message.split('\n')[0]!) : error;
    }
  }
}
