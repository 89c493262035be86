import { formatDecimal } from '../../../numbers/index.js';
import type { NumberPattern } from './number-pattern.js';

/** A number by a pattern; hashes in place of the digits where it has more than the pattern. */
export function writeNumber(
  unscaled: bigint,
  scale: number,
  { tokens, integral, scale: places }: NumberPattern,
): string {
  const negative = unscaled < 0n;
  const { before, after } = digitsOf(negative ? -unscaled : unscaled, scale, integral, places);
  const out = new Picture();
  let left = 0;
  let right = 0;
  let behindPoint = false;
  for (const token of tokens) {
    switch (token.kind) {
      case 'digits':
        for (const item of token.items) {
          if (item.kind === ',') out.separator();
          else {
            for (let i = 0; i < item.count; i++) {
              if (behindPoint) out.add(after[right++]!);
              else out.digit(before[left++]!, item.exact);
            }
          }
        }
        break;
      case '.':
        out.point();
        behindPoint = true;
        break;
      case '$':
        out.add('$');
        break;
      case 'S':
        out.sign(negative ? '-' : '+');
        break;
      case 'MI':
        if (negative) out.sign('-');
        else out.add(' ');
        break;
      case '<':
        if (negative) out.add('<');
        break;
      case '>':
        if (negative) out.sign('>');
        else out.blanks(2);
        break;
    }
  }
  return out.finish();
}

function digitsOf(
  magnitude: bigint,
  scale: number,
  integral: number,
  places: number,
): { before: string; after: string } {
  const [whole = '', fraction = ''] = formatDecimal(magnitude, scale).split('.');
  const before = whole.replace(/^0+/, '');
  const after = fraction.replace(/0+$/, '');
  if (before.length > integral || after.length > places) {
    return { before: '#'.repeat(integral), after: '#'.repeat(places) };
  }
  return { before: before.padStart(integral), after: after.padEnd(places, '0') };
}

/** What is written. Signs move to where the digits begin and end. */
class Picture {
  private readonly chars: string[] = [];

  add(char: string): void {
    this.chars.push(char);
  }

  /** A place in front of the number stays blank, or is a zero. */
  digit(char: string, zeros: boolean): void {
    if (char !== ' ') this.add(char);
    else if (zeros) this.add('0');
    else this.blank();
  }

  separator(): void {
    if (/\d/.test(this.chars.at(-1) ?? '')) this.add(',');
    else this.blank();
  }

  point(): void {
    if (this.chars.at(-1) === ' ') this.chars[this.chars.length - 1] = '0';
    this.add('.');
  }

  /** In front of the blanks at the end. */
  sign(char: string): void {
    this.dropLonePoint();
    let at = this.chars.length;
    while (at > 0 && this.chars[at - 1] === ' ') at--;
    this.chars.splice(at, 0, char);
  }

  blanks(count: number): void {
    this.dropLonePoint();
    for (let i = 0; i < count; i++) this.add(' ');
  }

  finish(): string {
    this.dropLonePoint();
    const text = this.chars.join('');
    return text === '' || text === '+' || text === '-' ? '0' : text;
  }

  /** In front of a sign at the end: it stays beside the digits. */
  private blank(): void {
    let at = this.chars.length;
    while (at > 0 && /[-+<]/.test(this.chars[at - 1]!)) at--;
    this.chars.splice(at, 0, ' ');
  }

  private dropLonePoint(): void {
    const at = this.chars.indexOf('.');
    if (at >= 0 && (this.chars[at + 1] ?? ' ') === ' ') this.chars[at] = ' ';
  }
}
