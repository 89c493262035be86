import { FixedColumn } from '../../../../columns/index.js';
import { byteLengthOf, countCharacters, lengthOf } from '../../../../text/index.js';
import type { VectorFunction } from '../../define.js';
import { isAsciiColumn, overBytes } from './texts.js';

const INT = { kind: 'int' } as const;

export function lengthVector(unit: 'characters' | 'bytes' | 'bits'): VectorFunction {
  const factor = unit === 'bits' ? 8 : 1;
  const scalar = (value: string | Uint8Array): number => {
    if (typeof value !== 'string') return factor * value.length;
    return unit === 'characters' ? lengthOf(value) : factor * byteLengthOf(value);
  };
  return overBytes(0, INT, scalar, (column, n) => {
    const { bytes, offsets } = column;
    const out = new Int32Array(n);
    const counted = unit === 'characters' && column.type.kind === 'string' && !isAsciiColumn(column);
    if (counted) for (let i = 0; i < n; i++) out[i] = countCharacters(bytes, offsets[i]!, offsets[i + 1]!);
    else for (let i = 0; i < n; i++) out[i] = factor * (offsets[i + 1]! - offsets[i]!);
    return new FixedColumn(INT, out, column);
  });
}
