import { type DigitRun, type NumberPattern, runsOf } from './number-pattern.js';

/** The unscaled number that a text says by a pattern, at the scale of the pattern; undefined if it does not match. */
export function readNumber(text: string, { tokens, scale }: NumberPattern): bigint | undefined {
  const read = { integral: '', fraction: '' };
  let at = 0;
  let behindPoint = false;
  let negative = false;
  let open = false;
  let closed = false;
  for (const token of tokens) {
    const char = text[at];
    switch (token.kind) {
      case 'digits': {
        const end = pastDigits(text, at);
        const groups = text.slice(at, end).replace(/\s/g, '').split(',');
        if (!matches(groups, runsOf(token))) return undefined;
        read[behindPoint ? 'fraction' : 'integral'] += groups.join('');
        at = end;
        break;
      }
      case '.':
        if (char !== '.') break;
        behindPoint = true;
        at++;
        break;
      case '$':
        if (char !== undefined && char !== '$') return undefined;
        at++;
        break;
      case 'S':
      case 'MI':
        if (char === '-') negative = !negative;
        if (char === '-' || (char === '+' && token.kind === 'S')) at++;
        break;
      case '<':
        open = char === '<';
        if (open) at++;
        break;
      case '>':
        if (char !== '>') break;
        if (!open) return undefined;
        closed = true;
        negative = !negative;
        at++;
        break;
    }
  }
  if (at < text.length || open !== closed || read.integral + read.fraction === '') return undefined;
  const unscaled = BigInt(read.integral + read.fraction.padEnd(scale, '0'));
  return negative ? -unscaled : unscaled;
}

/** White space among digits is passed over. */
function pastDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[\d,\s]/.test(text[at]!)) at++;
  return at;
}

/** Groups are compared from the last one, so that the first ones may be missing. */
function matches(groups: readonly string[], runs: readonly DigitRun[]): boolean {
  if (groups.length > runs.length) return false;
  return runs.every(({ count, exact }, i) => {
    const digits = groups[groups.length - (runs.length - i)]?.length ?? 0;
    return exact ? digits === count : digits <= count;
  });
}
