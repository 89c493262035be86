import { string } from '../schema/index.js';
import { ConstantParser } from './constant-parser.js';
import { deepest } from './depth.js';
import { invalid, located } from './errors.js';
import { reserved } from './keywords.js';
import { specialCalls } from './special-calls.js';
import type { Token } from './tokens.js';
import type { Alias, Call, Case, Expression, SortKey } from './tree.js';

/**
 * Reads one Spark SQL expression, with or without `AS name`. Throws INVALID_EXPRESSION pointing at the character.
 *
 * @example
 * ```ts
 * parseExpression("amount > 100 AND shop LIKE 'A%'");
 * ```
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  const tree = parser.named();
  parser.end();
  return tree;
}

/** Reads what rows are ordered by, such as `n DESC NULLS LAST, k`. Throws INVALID_EXPRESSION. */
export function parseSortKeys(text: string): readonly SortKey[] {
  const parser = new Parser(text);
  const keys = parser.sortKeys();
  parser.end();
  return keys;
}

/** How strongly the operators between two values bind; Spark's order. */
const binary: Readonly<Record<string, { readonly level: number; readonly name?: string }>> = {
  or: { level: 1 },
  and: { level: 2 },
  '=': { level: 5 },
  '==': { level: 5, name: '=' },
  '<=>': { level: 5 },
  '<>': { level: 5, name: '!=' },
  '!=': { level: 5 },
  '<': { level: 5 },
  '<=': { level: 5 },
  '>': { level: 5 },
  '>=': { level: 5 },
  '|': { level: 6 },
  '^': { level: 7 },
  '&': { level: 8 },
  '<<': { level: 9 },
  '>>': { level: 9 },
  '>>>': { level: 9 },
  '+': { level: 10 },
  '-': { level: 10 },
  '||': { level: 10 },
  '*': { level: 11 },
  '/': { level: 11 },
  '%': { level: 11 },
  div: { level: 11 },
};

/** `NOT x` reaches as far as comparisons and predicates, not over `AND`. */
const notLevel = 3;
const predicateLevel = 4;
const signLevel = 12;

/** Reads expressions; what a text is made of is read by the classes that it extends. */
export class Parser extends ConstantParser {
  private nesting = 0;

  named(): Expression {
    const start = this.token;
    const child = this.expression();
    if (this.word('as')) return this.alias(child, start);
    const next = this.token;
    const bare = next.kind === 'quoted' || (next.kind === 'word' && !reserved.has(next.lower));
    return bare ? this.alias(child, start) : child;
  }

  private alias(child: Expression, start: Token): Alias {
    const names: string[] = [];
    if (this.symbol('(')) {
      do names.push(this.name());
      while (this.symbol(','));
      this.expect(')');
    } else {
      names.push(this.name());
    }
    return { kind: 'alias', child, names, place: this.from(start) };
  }

  end(): void {
    if (this.token.kind !== 'end') throw this.error(`Nothing more was expected here.`);
  }

  /** An expression whose operators bind at least as strongly as `level`. */
  expression(level = 0): Expression {
    if (++this.nesting > deepest) throw this.error(`The expression is nested deeper than ${deepest} levels.`);
    const start = this.token;
    let left = level <= notLevel && (this.word('not') || this.symbol('!')) ? this.negation(start) : this.prefix();
    let depth = 0;
    for (;;) {
      const joined = this.infix(left, level, start);
      if (joined === undefined) break;
      if (++depth > deepest) throw this.error(`The expression is nested deeper than ${deepest} levels.`);
      left = joined;
    }
    this.nesting--;
    return left;
  }

  private negation(start: Token): Call {
    const child = this.expression(notLevel);
    return { kind: 'call', name: 'not', args: [child], place: this.from(start) };
  }

  private infix(left: Expression, level: number, start: Token): Expression | undefined {
    const token = this.token;
    const key = token.kind === 'symbol' ? token.text : token.kind === 'word' ? token.lower : '';
    const operator = Object.hasOwn(binary, key) ? binary[key] : undefined;
    if (operator === undefined) return predicateLevel >= level ? this.predicate(left, start) : undefined;
    if (operator.level < level) return undefined;
    if (key === 'and' || key === 'or') return this.chain(left, key, operator.level, start);
    this.at++;
    const right = this.expression(operator.level + 1);
    return { kind: 'call', name: operator.name ?? key, args: [left, right], place: this.from(start) };
  }

  /** A row of `AND`s (or `OR`s) becomes a balanced tree, so that a generated filter of thousands is not deep. */
  private chain(left: Expression, name: 'and' | 'or', level: number, start: Token): Expression {
    const parts = [left];
    while (this.word(name)) parts.push(this.expression(level + 1));
    const place = this.from(start);
    const balanced = (from: number, to: number): Expression => {
      if (to - from === 1) return parts[from]!;
      const middle = (from + to + 1) >> 1;
      return { kind: 'call', name, args: [balanced(from, middle), balanced(middle, to)], place };
    };
    return balanced(0, parts.length);
  }

  private predicate(left: Expression, start: Token): Expression | undefined {
    const { at } = this;
    if (this.word('is')) return this.isPredicate(left, start);
    const not = this.word('not');
    const made = this.positivePredicate(left, start, not);
    if (made === undefined) {
      this.at = at;
      return undefined;
    }
    return not ? { kind: 'call', name: 'not', args: [made], place: this.from(start) } : made;
  }

  private positivePredicate(left: Expression, start: Token, negated: boolean): Call | undefined {
    const make = (name: string, args: readonly Expression[]): Call => ({
      kind: 'call',
      name,
      args: [left, ...args],
      place: this.from(start),
    });
    if (this.word('between')) {
      const low = this.expression(6);
      this.expectWord('and');
      return make('between', [low, this.expression(6)]);
    }
    if (this.word('in')) {
      this.expect('(');
      return make('in', this.list(')'));
    }
    if (this.word('rlike') || this.word('regexp')) return make('rlike', [this.expression(6)]);
    for (const name of ['like', 'ilike']) {
      if (!this.word(name)) continue;
      for (const quantifier of ['any', 'some', 'all']) {
        if (!this.peekCall(quantifier)) continue;
        this.at += 2;
        // NOT LIKE ANY: one at least does not fit, so not all do.
        return make(`${name}_${(quantifier === 'all') === negated ? 'any' : 'all'}`, this.list(')'));
      }
      const pattern = this.expression(6);
      return make(name, this.word('escape') ? [pattern, this.escape()] : [pattern]);
    }
    return undefined;
  }

  private escape(): Expression {
    const token = this.token;
    if (token.kind !== 'string' || [...token.text].length !== 1) throw this.error('ESCAPE takes one character.');
    this.at++;
    return this.literal(string(), token.text, token);
  }

  private isPredicate(left: Expression, start: Token): Expression {
    const not = this.word('not');
    let made: Call;
    if (this.word('null')) {
      return { kind: 'call', name: not ? 'isnotnull' : 'isnull', args: [left], place: this.from(start) };
    } else if (this.word('distinct')) {
      this.expectWord('from');
      const right = this.expression(6);
      made = { kind: 'call', name: '<=>', args: [left, right], place: this.from(start) };
      return not ? made : { kind: 'call', name: 'not', args: [made], place: this.from(start) };
    } else if (this.word('true')) made = this.isCall('istrue', left, start);
    else if (this.word('false')) made = this.isCall('isfalse', left, start);
    else if (this.word('unknown')) made = this.isCall('isunknown', left, start);
    else throw this.error('After IS stands [NOT] NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM.');
    return not ? { kind: 'call', name: 'not', args: [made], place: this.from(start) } : made;
  }

  private isCall(name: string, left: Expression, start: Token): Call {
    return { kind: 'call', name, args: [left], place: this.from(start) };
  }

  /** Signs, and what binds tightest. */
  private prefix(): Expression {
    const start = this.token;
    for (const [symbol, name] of [
      ['-', 'negative'],
      ['+', 'positive'],
      ['~', '~'],
    ] as const) {
      if (!this.symbol(symbol)) continue;
      const next = this.token;
      // The sign belongs to the number, so that -2147483648 is an INT.
      if (symbol === '-' && next.kind === 'number' && next.from === start.to) {
        this.at++;
        return this.postfix(this.number(next, '-'), start);
      }
      const child = this.expression(signLevel);
      return { kind: 'call', name, args: [child], place: this.from(start) };
    }
    return this.postfix(this.primary(), start);
  }

  /** What follows a value: `[i]`, `.field`, `::type`. */
  private postfix(made: Expression, start: Token): Expression {
    for (let depth = 0; ; depth++) {
      if (depth > deepest) throw this.error(`The expression is nested deeper than ${deepest} levels.`);
      if (this.symbol('[')) {
        const index = this.expression();
        this.expect(']');
        made = { kind: 'call', name: '[]', args: [made, index], place: this.from(start) };
      } else if (this.symbol('::')) {
        made = { kind: 'cast', child: made, type: this.type(), mode: 'cast', place: this.from(start) };
      } else if (this.token.text === '.' && this.token.kind === 'symbol') {
        if (made.kind === 'name' && this.peekSymbol(1, '*')) {
          this.at += 2;
          made = { kind: 'star', of: made.parts, except: this.except(), place: this.from(start) };
        } else {
          this.at++;
          const name = this.fieldName();
          const place = this.from(start);
          made =
            made.kind === 'name'
              ? { kind: 'name', parts: [...made.parts, name], place }
              : { kind: 'field', child: made, name, place };
        }
      } else {
        return made;
      }
    }
  }

  private primary(): Expression {
    const start = this.token;
    switch (start.kind) {
      case 'number':
        this.at++;
        return this.number(start, '');
      case 'string':
        return this.stringLiteral();
      case 'quoted':
        if (this.peekSymbol(1, '->')) return this.lambda([this.name()], start);
        return this.peekSymbol(1, '(') ? this.callOf(this.name(), start) : this.column();
      case 'word':
        return this.wordExpression(start);
      case 'symbol':
        if (this.symbol('(')) return this.parenthesised(start);
        if (this.symbol('*')) return { kind: 'star', of: [], except: this.except(), place: this.from(start) };
        break;
      case 'end':
    }
    throw this.error(
      start.kind === 'end' ? 'The expression ends where a value was expected.' : 'A value was expected here.',
    );
  }

  private wordExpression(start: Token): Expression {
    const { lower } = start;
    const next = this.peek(1);
    if (next.kind === 'symbol' && next.text === '->') return this.lambda([this.name()], start);
    switch (lower) {
      case 'null':
        this.at++;
        return this.literal({ kind: 'void' }, null, start);
      case 'true':
      case 'false':
        this.at++;
        return this.literal({ kind: 'boolean' }, lower === 'true', start);
      case 'case':
        return this.caseExpression();
      case 'cast':
      case 'try_cast':
        if (next.text !== '(') break;
        return this.castExpression();
      case 'interval': {
        const follows = next.kind === 'string' || next.kind === 'number' || next.text === '-' || next.text === '+';
        if (follows || (next.kind === 'symbol' && next.text === '(')) {
          const made = this.interval();
          if (made !== undefined) return made;
        }
        break;
      }
    }
    if (next.kind === 'string' && next.prefix === undefined) {
      const typed = this.typedLiteral(start);
      if (typed !== undefined) return typed;
    }
    if (next.kind === 'symbol' && next.text === '(') return this.callOf(this.callName(), start);
    if (reserved.has(lower)) throw this.error(`A value was expected here, not ${start.text}.`);
    return this.column();
  }

  private column(): Expression {
    const start = this.token;
    const name = this.name();
    return { kind: 'name', parts: [name], place: this.from(start) };
  }

  private callName(): string {
    const { text } = this.token;
    this.at++;
    return text;
  }

  private callOf(name: string, start: Token): Expression {
    const lower = name.toLowerCase();
    this.expect('(');
    const special = specialCalls.get(lower)?.(this, start);
    if (special !== undefined) return special;
    const distinct = this.word('distinct');
    if (!distinct) this.word('all');
    const args = this.list(')', true);
    return this.aggregateParts(
      { kind: 'call', name: lower, args, ...(distinct ? { distinct } : {}), place: this.from(start) },
      start,
    );
  }

  /** What may follow the arguments of an aggregate. */
  private aggregateParts(made: Call, start: Token): Call {
    let out = made;
    if (this.word('within')) {
      this.expectWord('group');
      this.expect('(');
      this.expectWord('order');
      this.expectWord('by');
      const order = this.sortKeys();
      this.expect(')');
      out = { ...out, order };
    }
    if (this.word('filter')) {
      this.expect('(');
      this.expectWord('where');
      const filter = this.expression();
      this.expect(')');
      out = { ...out, filter };
    }
    for (const [wordOf, ignoreNulls] of [
      ['ignore', true],
      ['respect', false],
    ] as const) {
      if (this.token.lower !== wordOf || this.peek(1).lower !== 'nulls') continue;
      this.at += 2;
      if (ignoreNulls) out = { ...out, ignoreNulls };
    }
    if (this.token.lower === 'over') {
      const message = 'Window functions (OVER) are not for streams: aggregate by window(…) instead.';
      throw located(invalid('NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING', message), this.from(start));
    }
    return out === made ? made : { ...out, place: this.from(start) };
  }

  sortKeys(): SortKey[] {
    const keys: SortKey[] = [];
    do keys.push(this.sortKey());
    while (this.symbol(','));
    return keys;
  }

  private sortKey(): SortKey {
    const child = this.expression();
    const descending = this.word('desc') || (this.word('asc') && false);
    let nullsFirst = !descending;
    if (this.word('nulls')) {
      nullsFirst = this.word('first');
      if (!nullsFirst) this.expectWord('last');
    }
    return { child, descending, nullsFirst };
  }

  /** The arguments up to `close`; `f(*)` has a star. */
  list(close: string, mayBeEmpty = false): Expression[] {
    const out: Expression[] = [];
    if (mayBeEmpty && this.symbol(close)) return out;
    do out.push(this.expression());
    while (this.symbol(','));
    this.expect(close);
    return out;
  }

  private parenthesised(start: Token): Expression {
    const lambda = this.lambdaParams();
    if (lambda !== undefined) return this.lambda(lambda, start);
    const parts = [this.named()];
    while (this.symbol(',')) parts.push(this.named());
    this.expect(')');
    const [only] = parts;
    if (parts.length === 1 && only!.kind !== 'alias') return only!;
    return { kind: 'call', name: 'struct', args: parts, place: this.from(start) };
  }

  /** The names of `(a, b) -> …`, the first bracket being read; undefined, and nothing read, if it is no lambda. */
  private lambdaParams(): string[] | undefined {
    const { at } = this;
    const names: string[] = [];
    do {
      const { kind, lower } = this.token;
      if (kind !== 'quoted' && (kind !== 'word' || reserved.has(lower))) break;
      names.push(this.name());
    } while (this.symbol(','));
    if (names.length > 0 && this.symbol(')') && this.token.text === '->' && this.token.kind === 'symbol') return names;
    this.at = at;
    return undefined;
  }

  private lambda(params: readonly string[], start: Token): Expression {
    this.expect('->');
    const body = this.expression();
    return { kind: 'lambda', params, body, place: this.from(start) };
  }

  private caseExpression(): Case {
    const start = this.token;
    this.at++;
    const operand = this.token.lower === 'when' ? undefined : this.expression();
    const branches: { when: Expression; then: Expression }[] = [];
    while (this.word('when')) {
      const when = this.expression();
      this.expectWord('then');
      branches.push({ when, then: this.expression() });
    }
    if (branches.length === 0) throw this.error('CASE needs a WHEN … THEN ….');
    const otherwise = this.word('else') ? this.expression() : undefined;
    this.expectWord('end');
    return {
      kind: 'case',
      ...(operand ? { operand } : {}),
      branches,
      ...(otherwise ? { otherwise } : {}),
      place: this.from(start),
    };
  }

  private castExpression(): Expression {
    const start = this.token;
    const mode = start.lower === 'cast' ? 'cast' : 'try';
    this.at++;
    this.expect('(');
    const child = this.expression();
    this.expectWord('as');
    const type = this.type();
    this.expect(')');
    return { kind: 'cast', child, type, mode, place: this.from(start) };
  }

  private except(): (readonly string[])[] {
    if (this.token.lower !== 'except' && this.token.lower !== 'exclude') return [];
    this.at++;
    this.expect('(');
    const out: string[][] = [];
    do {
      const parts = [this.name()];
      while (this.symbol('.')) parts.push(this.fieldName());
      out.push(parts);
    } while (this.symbol(','));
    this.expect(')');
    return out;
  }
}
