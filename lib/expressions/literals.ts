import type { DataType } from '../schema/index.js';
import { invalid } from './errors.js';
import type { Value } from './values.js';

export interface TypedValue {
  readonly type: DataType;
  readonly value: Value;
}

/** `1`, `1L`, `1.5`, `1e3`, `1.5BD`, with a sign before it or not. */
export function numberLiteral(text: string): TypedValue {
  const [, digits, suffix] = /^(.*?)([LSYFD]|BD)?$/i.exec(text)!;
  switch (suffix?.toUpperCase()) {
    case 'Y':
      return integral(digits!, text, 'byte', 8);
    case 'S':
      return integral(digits!, text, 'short', 16);
    case 'L':
      return integral(digits!, text, 'long', 64);
    case 'F':
      return fractional(digits!, text, 'float');
    case 'D':
      return fractional(digits!, text, 'double');
    case 'BD':
      return decimal(digits!, text);
    default:
  }
  if (/e/i.test(text)) return fractional(text, text, 'double');
  if (text.includes('.')) return decimal(text, text);
  const whole = BigInt(text);
  if (BigInt.asIntN(32, whole) === whole) return { type: { kind: 'int' }, value: Number(whole) };
  if (BigInt.asIntN(64, whole) === whole) return { type: { kind: 'long' }, value: whole };
  return decimal(text, text);
}

function integral(digits: string, text: string, kind: 'byte' | 'short' | 'long', bits: number): TypedValue {
  if (!/^-?\d+$/.test(digits)) throw outOfRange(text, kind);
  const value = BigInt(digits);
  if (BigInt.asIntN(bits, value) !== value) throw outOfRange(text, kind);
  return { type: { kind }, value: kind === 'long' ? value : Number(value) };
}

function fractional(digits: string, text: string, kind: 'float' | 'double'): TypedValue {
  const value = kind === 'float' ? Math.fround(Number(digits)) : Number(digits);
  if (!Number.isFinite(value)) throw outOfRange(text, kind);
  return { type: { kind }, value };
}

function decimal(digits: string, text: string): TypedValue {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(digits)!;
  let unscaled = BigInt(`${sign}${whole}${fraction}` === sign ? '0' : `${sign}${whole}${fraction}`);
  let scale = fraction.length - Number(exponent);
  if (scale < 0 && scale > -100) {
    unscaled *= 10n ** BigInt(-scale);
    scale = 0;
  }
  const precision = Math.max(String(unscaled).replace('-', '').length, scale);
  if (precision > 38 || scale < 0 || scale > 38) throw outOfRange(text, 'decimal');
  return { type: { kind: 'decimal', precision, scale }, value: unscaled };
}

const outOfRange = (text: string, kind: string): Error =>
  invalid('INVALID_NUMERIC_LITERAL_RANGE', `The number ${text} is out of the range of the type ${kind.toUpperCase()}.`);

/** The bytes of `X'1aF0'`; an odd digit stands for a byte of its own at the start. */
export function hexLiteral(digits: string): Uint8Array {
  if (!/^[0-9a-f]*$/i.test(digits)) {
    throw invalid('INVALID_TYPED_LITERAL', `X'${digits}' is no binary literal: its characters are 0-9 and A-F.`);
  }
  return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}
