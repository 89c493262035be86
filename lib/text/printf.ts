import { failed } from '../expressions/errors.js';
import { formatFloat } from './printf-float.js';

/** A value with what a format has to know of its type. */
export type FormatArgument =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint; readonly bits: 8 | 16 | 32 | 64 }
  | { readonly kind: 'float'; readonly value: number; readonly text: string }
  /** Anything else: it can only be shown as it is. */
  | { readonly kind: 'text'; readonly value: string };

/** One `%…` of a format. */
export interface Directive {
  readonly text: string;
  readonly index: string;
  readonly flags: string;
  /** -1 if none is given; the same for the precision. */
  readonly width: number;
  readonly precision: number;
  readonly conversion: string;
}

const directive = /%(\d+\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT]?[a-zA-Z%])/y;

/**
 * Formats as Java's `String.format` does, in the English locale. Throws INVALID_PARAMETER_VALUE.FORMAT where Java
 * throws one of its format exceptions, and for dates (`%t`) and hash codes (`%h`), which are not supported.
 */
export function printf(format: string, args: readonly FormatArgument[]): string {
  let out = '';
  let ordinary = 0;
  let last = -1;
  for (let i = 0; i < format.length;) {
    const next = format.indexOf('%', i);
    if (next < 0) return out + format.slice(i);
    out += format.slice(i, next);
    const d = directiveAt(format, next);
    i = next + d.text.length;
    if (d.conversion === 'n') {
      if (d.width >= 0 || d.precision >= 0 || d.flags !== '') throw wrong(`'${d.text}' takes neither width nor flags.`);
      out += '\n';
    } else if (d.conversion === '%') {
      if (d.precision >= 0 || /[^-]/.test(d.flags)) throw wrong(`'${d.text}' takes a width and '-' only.`);
      out += pad('%', d);
    } else {
      if (d.flags.includes('<')) {
        if (last < 0) throw wrong(`'${d.text}' means the argument before, and there is none.`);
      } else last = d.index === '' ? ordinary++ : Number(d.index) - 1;
      const arg = args[last];
      if (arg === undefined) throw wrong(`'${d.text}' wants argument ${last + 1}, and there are ${args.length}.`);
      out += formatOne(d, arg);
    }
  }
  return out;
}

export const wrong = (message: string) => failed('INVALID_PARAMETER_VALUE.FORMAT', message);

const MAX_WIDTH = 1_000_000;

function directiveAt(format: string, at: number): Directive {
  directive.lastIndex = at;
  const match = directive.exec(format);
  if (match === null)
    throw wrong(`'${format.slice(at, at + 10)}' is no directive of a format. Write '%%' for the sign.`);
  const [text, index = '', flags = '', width, precision, conversion = ''] = match;
  const d: Directive = {
    text,
    index: index.slice(0, -1),
    flags,
    width: width === undefined ? -1 : Number(width),
    precision: precision === undefined ? -1 : Number(precision),
    conversion,
  };
  if (d.index === '0') throw failed('INVALID_PARAMETER_VALUE.ZERO_INDEX', `'${text}': arguments are counted from 1.`);
  if (Math.max(d.width, d.precision) > MAX_WIDTH) throw wrong(`'${text}' is wider than ${MAX_WIDTH} characters.`);
  for (const flag of flags)
    if (flags.indexOf(flag) !== flags.lastIndexOf(flag)) throw wrong(`'${text}' repeats '${flag}'.`);
  if (d.width < 0 && conversion !== 'n' && /[-0]/.test(flags)) throw wrong(`'${text}' wants a width.`);
  return d;
}

function formatOne(d: Directive, arg: FormatArgument): string {
  const lower = d.conversion.toLowerCase();
  if (d.conversion !== lower && !'BSCXEG'.includes(d.conversion)) throw unknown(d);
  const text = textOf(d, lower, arg);
  return d.conversion === lower ? text : text.toUpperCase();
}

const unknown = (d: Directive) => wrong(`'${d.text}' is not supported; %b %s %c %d %o %x %e %f %g %n are.`);

function textOf(d: Directive, conversion: string, arg: FormatArgument): string {
  switch (conversion) {
    case 'b':
      refuseFlags(d, '-');
      return pad(cut(arg.kind === 'boolean' ? String(arg.value) : String(arg.kind !== 'null'), d), d);
    case 's':
      refuseFlags(d, '-');
      return pad(cut(shown(arg), d), d);
    case 'c':
      refuseFlags(d, '-');
      if (d.precision >= 0) throw wrong(`'${d.text}' takes no precision.`);
      return pad(character(d, arg), d);
    case 'd':
    case 'o':
    case 'x':
      if (d.precision >= 0) throw wrong(`'${d.text}' takes no precision.`);
      refuseFlags(d, conversion === 'd' ? '-+ 0,(' : '-#0');
      refuseContradictions(d);
      if (arg.kind === 'null') return pad('null', d);
      if (arg.kind !== 'integer') throw mismatch(d, arg);
      return conversion === 'd' ? decimal(d, arg.value) : inBase(d, arg, conversion === 'o' ? 8 : 16);
    case 'e':
    case 'f':
    case 'g':
      refuseFlags(d, conversion === 'e' ? '-#+ 0(' : conversion === 'g' ? '-+ 0,(' : '-#+ 0,(');
      refuseContradictions(d);
      if (arg.kind === 'null') return pad(cut('null', d), d);
      if (arg.kind !== 'float') throw mismatch(d, arg);
      return Number.isFinite(arg.value)
        ? signed(d, arg.value < 0 || Object.is(arg.value, -0), formatFloat(arg.value, conversion, d))
        : notFinite(d, arg.value);
    default:
      throw unknown(d);
  }
}

function refuseFlags({ flags, text }: Directive, allowed: string): void {
  for (const flag of flags)
    if (flag !== '<' && !allowed.includes(flag)) throw wrong(`'${text}' does not take the flag '${flag}'.`);
}

function refuseContradictions({ flags, text }: Directive): void {
  if (flags.includes('-') && flags.includes('0')) throw wrong(`'${text}' pads on both sides.`);
  if (flags.includes('+') && flags.includes(' ')) throw wrong(`'${text}' has two forms of a sign.`);
}

const mismatch = (d: Directive, arg: FormatArgument) =>
  wrong(`'${d.text}' does not take a value of this type (${arg.kind}). Use %s, or CAST it.`);

function shown(arg: FormatArgument): string {
  switch (arg.kind) {
    case 'null':
      return 'null';
    case 'float':
      return arg.text;
    default:
      return String(arg.value);
  }
}

const cut = (text: string, { precision }: Directive): string => (precision < 0 ? text : text.slice(0, precision));

function pad(text: string, { width, flags }: Directive): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width);
}

function character(d: Directive, arg: FormatArgument): string {
  if (arg.kind === 'null') return 'null';
  if (arg.kind !== 'integer' || arg.bits === 64) throw mismatch(d, arg);
  if (arg.value < 0 || arg.value > 0x10ffff) throw wrong(`'${d.text}': ${arg.value} is no character.`);
  return String.fromCodePoint(Number(arg.value));
}

const decimal = (d: Directive, value: bigint): string => signed(d, value < 0n, String(value < 0n ? -value : value));

/** Negative numbers show the bits that they have. */
function inBase(d: Directive, { value, bits }: { value: bigint; bits: number }, base: 8 | 16): string {
  const digits = BigInt.asUintN(bits, value).toString(base);
  const prefix = d.flags.includes('#') ? (base === 8 ? '0' : '0x') : '';
  const zeros = d.flags.includes('0') ? Math.max(0, d.width - prefix.length - digits.length) : 0;
  return pad(prefix + '0'.repeat(zeros) + digits, d);
}

function signed(d: Directive, negative: boolean, magnitude: string): string {
  const { flags, width } = d;
  const point = magnitude.search(/[^0-9]/);
  const whole = point < 0 ? magnitude : magnitude.slice(0, point);
  const grouped = flags.includes(',') ? whole.replace(/\B(?=(?:\d{3})+$)/g, ',') : whole;
  const before = negative
    ? flags.includes('(')
      ? '('
      : '-'
    : flags.includes('+')
      ? '+'
      : flags.includes(' ')
        ? ' '
        : '';
  const after = before === '(' ? ')' : '';
  const digits = grouped + magnitude.slice(whole.length);
  const zeros = flags.includes('0') ? Math.max(0, width - before.length - digits.length - after.length) : 0;
  return pad(before + '0'.repeat(zeros) + digits + after, d);
}

function notFinite(d: Directive, value: number): string {
  if (Number.isNaN(value)) return pad('NaN', d);
  return pad(
    value > 0 ? (d.flags.includes('+') ? '+' : '') + 'Infinity' : d.flags.includes('(') ? '(Infinity)' : '-Infinity',
    d,
  );
}
