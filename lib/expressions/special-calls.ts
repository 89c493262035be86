import { type DataType, string } from '../schema/index.js';
import type { Place } from './errors.js';
import type { Token } from './tokens.js';
import type { Expression } from './tree.js';

/** What the calls need of the parser. */
export interface ArgumentReader {
  readonly token: Token;
  peek(ahead: number): Token;
  skip(tokens: number): void;
  word(lower: string): boolean;
  expectWord(lower: string): void;
  symbol(text: string): boolean;
  expect(symbol: string): void;
  expression(level?: number): Expression;
  named(): Expression;
  list(close: string): Expression[];
  literal(type: DataType, value: string, start: Token): Expression;
  from(start: Token): Place;
}

type SpecialCall = (parser: ArgumentReader, start: Token) => Expression | undefined;

const make = (parser: ArgumentReader, start: Token, name: string, args: readonly Expression[]): Expression => ({
  kind: 'call',
  name,
  args,
  place: parser.from(start),
});

/** `EXTRACT(YEAR FROM at)` */
const extract: SpecialCall = (parser, start) => {
  const field = parser.token;
  if (parser.peek(1).lower !== 'from') return undefined;
  parser.skip(2);
  const source = parser.expression();
  parser.expect(')');
  return make(parser, start, 'extract', [parser.literal(string(), field.text, field), source]);
};

/** `SUBSTRING(s FROM 2 FOR 3)` */
const substring: SpecialCall = (parser, start) => {
  const args = [parser.expression()];
  if (!parser.word('from')) {
    while (parser.symbol(',')) args.push(parser.expression());
  } else {
    args.push(parser.expression());
    if (parser.word('for')) args.push(parser.expression());
  }
  parser.expect(')');
  return make(parser, start, start.lower, args);
};

/** `TRIM(BOTH 'x' FROM s)`, which is `trim('x', s)`. */
const trim: SpecialCall = (parser, start) => {
  const side = ['both', 'leading', 'trailing'].find((word) => parser.token.lower === word);
  if (side !== undefined) parser.skip(1);
  const name = { both: 'trim', leading: 'ltrim', trailing: 'rtrim' }[side ?? 'both']!;
  if (side !== undefined && parser.word('from')) {
    const source = parser.expression();
    parser.expect(')');
    return make(parser, start, name, [source]);
  }
  const first = parser.expression();
  if (parser.word('from')) {
    const source = parser.expression();
    parser.expect(')');
    return make(parser, start, name, [first, source]);
  }
  const args = [first];
  while (parser.symbol(',')) args.push(parser.expression());
  parser.expect(')');
  return make(parser, start, side === undefined ? start.lower : name, args);
};

/** `POSITION('b' IN s)` */
const position: SpecialCall = (parser, start) => {
  const args = [parser.expression(6)];
  if (!parser.word('in')) {
    while (parser.symbol(',')) args.push(parser.expression());
  } else {
    args.push(parser.expression());
  }
  parser.expect(')');
  return make(parser, start, 'position', args);
};

/** `OVERLAY(s PLACING 'x' FROM 2 FOR 3)` */
const overlay: SpecialCall = (parser, start) => {
  const args = [parser.expression()];
  if (!parser.word('placing')) {
    while (parser.symbol(',')) args.push(parser.expression());
  } else {
    args.push(parser.expression());
    parser.expectWord('from');
    args.push(parser.expression());
    if (parser.word('for')) args.push(parser.expression());
  }
  parser.expect(')');
  return make(parser, start, 'overlay', args);
};

/** `TIMESTAMPADD(HOUR, 1, at)`: the unit is a word. */
const withUnit: SpecialCall = (parser, start) => {
  const unit = parser.token;
  if (unit.kind !== 'word' || parser.peek(1).text !== ',') return undefined;
  const units = 'year quarter month week day dayofyear hour minute second millisecond microsecond'.split(' ');
  if (!units.includes(unit.lower) && !units.includes(unit.lower.replace(/s$/, ''))) return undefined;
  parser.skip(2);
  const args = [parser.literal(string(), unit.text, unit), ...parser.list(')')];
  return make(parser, start, start.lower, args);
};

/** `STRUCT(a AS b, c)`: the only function whose arguments have names. */
const struct: SpecialCall = (parser, start) => {
  const args: Expression[] = [];
  if (!parser.symbol(')')) {
    do args.push(parser.named());
    while (parser.symbol(','));
    parser.expect(')');
  }
  return make(parser, start, 'struct', args);
};

export const specialCalls: ReadonlyMap<string, SpecialCall> = new Map<string, SpecialCall>([
  ['extract', extract],
  ['substring', substring],
  ['substr', substring],
  ['trim', trim],
  ['ltrim', trim],
  ['rtrim', trim],
  ['position', position],
  ['overlay', overlay],
  ['struct', struct],
  ['timestampadd', withUnit],
  ['dateadd', withUnit],
  ['date_add', withUnit],
  ['timestampdiff', withUnit],
  ['datediff', withUnit],
  ['date_diff', withUnit],
]);
