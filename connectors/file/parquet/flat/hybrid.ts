import { expect } from './unusual.js';

/** So wide may numbers be that their bits fit 32 together with those of a byte begun. */
const maxWidth = 24;

/**
 * Parquet's mixture of runs and packed bits: `count` numbers of `width` bits each, into the beginning of `out`. Throws
 * Unusual where they are not all there, or one is `limit` or more.
 */
export function decodeHybrid(
  bytes: Uint8Array,
  from: number,
  end: number,
  width: number,
  count: number,
  limit: number,
  out: Int32Array,
): void {
  expect(width <= maxWidth, 'wide numbers');
  const mask = (1 << width) - 1;
  const bytesOfRun = (width + 7) >> 3;
  let at = from;
  let done = 0;
  while (done < count) {
    let head = 0;
    let shift = 0;
    for (;;) {
      expect(at < end && shift < 28, 'runs that are cut short');
      const byte = bytes[at++]!;
      head |= (byte & 127) << shift;
      if (byte < 128) break;
      shift += 7;
    }
    if ((head & 1) === 0) {
      expect(head !== 0 && at + bytesOfRun <= end, 'a run that is cut short');
      let value = 0;
      for (let k = 0; k < bytesOfRun; k++) value |= bytes[at++]! << (8 * k);
      expect(value < limit, 'a number that is too large');
      const stop = Math.min(done + (head >>> 1), count);
      out.fill(value, done, stop);
      done = stop;
      continue;
    }
    const packed = (head >>> 1) * width;
    expect(head !== 1 && at + packed <= end, 'packed bits that are cut short');
    const stop = Math.min(done + (head >>> 1) * 8, count);
    let bits = 0;
    let have = 0;
    let next = at;
    let largest = 0;
    for (; done < stop; done++) {
      while (have < width) {
        bits |= bytes[next++]! << have;
        have += 8;
      }
      const value = bits & mask;
      bits >>>= width;
      have -= width;
      if (value > largest) largest = value;
      out[done] = value;
    }
    expect(largest < limit, 'a number that is too large');
    at += packed;
  }
}
