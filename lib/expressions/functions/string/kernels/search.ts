import { hasBytesAt, indexOfBytes } from '../../../../text/index.js';
import type { Binding, VectorFunction } from '../../define.js';
import { BOOLEAN, asBytes } from '../types.js';
import { overBytes, testEach } from './texts.js';

type Test = (bytes: Uint8Array, from: number, to: number) => boolean;

const tests = {
  contains:
    (part: Uint8Array): Test =>
    (bytes, from, to) =>
      indexOfBytes(bytes, from, to, part) >= 0,
  startswith:
    (part: Uint8Array): Test =>
    (bytes, from, to) =>
      hasBytesAt(bytes, from, to, part),
  endswith:
    (part: Uint8Array): Test =>
    (bytes, from, to) =>
      to - from >= part.length && hasBytesAt(bytes, to - part.length, to, part),
};

/** Where what is sought is constant. */
export function searchVector(binding: Binding, name: keyof typeof tests): VectorFunction | undefined {
  const part = binding.constant(1);
  if (typeof part !== 'string' && !(part instanceof Uint8Array)) return undefined;
  const test = tests[name](asBytes(part));
  const scalar = (value: string | Uint8Array) => {
    const bytes = asBytes(value);
    return test(bytes, 0, bytes.length);
  };
  return overBytes(0, BOOLEAN, scalar, (column) => testEach(column, test));
}
