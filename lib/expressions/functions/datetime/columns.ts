import { FixedColumn, fixedArrays } from '../../../columns/index.js';
import type { DataType } from '../../../schema/index.js';
import { doublesOf, exactNumbers, longsOf } from '../../kernels/numbers.js';
import type { VectorFunction } from '../define.js';

/**
 * Maps a column of dates, or of timestamps as microseconds, to one of whole numbers or dates. `slowly` is the same for
 * the rare microseconds past 2^53, where a double is not exact.
 */
export function mapNumbers(
  type: DataType & { kind: 'int' | 'date' },
  map: (value: number) => number,
  slowly: (value: never) => number,
): VectorFunction {
  return ([arg], n) => {
    const column = arg as FixedColumn;
    const out = new fixedArrays[type.kind](n);
    const numbers = exactNumbers(column.values);
    if (numbers !== undefined) for (let i = 0; i < n; i++) out[i] = map(numbers[i]!);
    else for (let i = 0; i < n; i++) out[i] = slowly(column.values[i] as never);
    return new FixedColumn(type, out, column);
  };
}

/**
 * Maps a column of timestamps, as microseconds, to one of timestamps. `slowly` is the same for columns with
 * microseconds past 2^53, where a double is not exact.
 */
export function mapInstants(
  type: DataType,
  map: (micros: number) => number,
  slowly: (micros: bigint) => bigint,
): (column: FixedColumn) => FixedColumn {
  return (column) => {
    const n = column.length;
    const values = column.values as BigInt64Array;
    const doubles = doublesOf(values);
    if (doubles !== undefined) {
      for (let i = 0; i < n; i++) doubles[i] = map(doubles[i]!);
      const longs = longsOf(doubles);
      if (longs !== undefined) return new FixedColumn(type, longs, column);
    }
    const out = new BigInt64Array(n);
    for (let i = 0; i < n; i++) if (column.isValid(i)) out[i] = slowly(values[i]!);
    return new FixedColumn(type, out, column);
  };
}
