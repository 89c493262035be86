import { failed } from '../../errors.js';

/** A pattern of Java's `DecimalFormat`, without scientific notation. */
export interface DecimalFormat {
  readonly positive: Affixes;
  readonly negative: Affixes;
  readonly multiplier: number;
  /** How many digits stand between two commas; 0 for none. */
  readonly grouping: number;
  readonly minIntegral: number;
  readonly minFraction: number;
  readonly maxFraction: number;
  /** Whether the point is written even if no digit follows. */
  readonly showsPoint: boolean;
}

interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

/** Text in quotes, or characters that are no part of the number. */
const affix = /^(?:'(?:[^']|'')*'|[^#0,.;'])*/;

/** Reads a pattern such as `#,##0.00`, `0.#%` or `#0;(#0)`. @throws ExpressionError for what is none */
export function parseDecimalFormat(pattern: string): DecimalFormat {
  const wrong = (): Error =>
    failed('INVALID_FORMAT.MISMATCH_INPUT', `'${pattern.slice(0, 100)}' is no pattern of numbers, such as '#,##0.00'.`);
  const first = affix.exec(pattern)![0];
  const number = /^[#0,]*(?:\.[#0]*)?/.exec(pattern.slice(first.length))![0];
  const last = affix.exec(pattern.slice(first.length + number.length))![0];
  const rest = pattern.slice(first.length + number.length + last.length);
  if (rest !== '' && !rest.startsWith(';')) throw wrong();
  const [integral = '', fraction] = number.split('.');
  // Zeros stand side by side, around the point.
  if (!/^#*0*$/.test(integral.replaceAll(',', '')) || !/^0*#*$/.test(fraction ?? '') || /E\d/.test(last)) throw wrong();
  const positive = { prefix: plain(first), suffix: plain(last) };
  const zeros = { before: count(integral, '0'), after: count(fraction ?? '', '0') };
  // Without any zero, one digit is written all the same: before the point if there are any.
  const bare = zeros.before + zeros.after === 0 && number.length > 0 && fraction !== undefined;
  const onlyFraction = integral === '';
  const comma = integral.lastIndexOf(',');
  return {
    positive,
    negative: rest.length > 1 ? negativeOf(rest.slice(1)) : { prefix: `-${positive.prefix}`, suffix: positive.suffix },
    multiplier: /%/.test(first + last) ? 100 : /‰/.test(first + last) ? 1000 : 1,
    grouping: comma < 0 ? 0 : integral.length - comma - 1,
    minIntegral: zeros.before + (bare && !onlyFraction ? 1 : 0),
    minFraction: zeros.after + (bare && onlyFraction ? 1 : 0),
    maxFraction: fraction?.length ?? 0,
    showsPoint: fraction === '',
  };
}

/** Of the pattern for negative numbers only what stands around the number counts. */
function negativeOf(pattern: string): Affixes {
  const prefix = affix.exec(pattern)![0];
  const suffix = pattern.slice(prefix.length).replace(/^[#0,.]*/, '');
  return { prefix: plain(prefix), suffix: plain(suffix) };
}

const plain = (text: string): string =>
  text.replace(/'((?:[^']|'')*)'/g, (_, quoted: string) => (quoted === '' ? "'" : quoted.replaceAll("''", "'")));

const count = (text: string, char: string): number => text.split(char).length - 1;
