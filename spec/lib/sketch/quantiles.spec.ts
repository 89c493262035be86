import fc from 'fast-check';
import {
  type QuantileSummary,
  addNumber,
  emptySummary,
  mergeSummaries,
  quantiles,
} from '../../../lib/sketch/quantiles.js';

function summaryOf(values: Iterable<number>, error: number): QuantileSummary {
  const summary = emptySummary();
  for (const value of values) addNumber(summary, value, error);
  return summary;
}

/** Numbers 0 to n - 1 in a scattered order. */
const scattered = (n: number): number[] => Array.from({ length: n }, (_, i) => (i * 7919) % n);

describe('quantiles', () => {
  it('of few numbers are exact: the first whose rank is reached', () => {
    const error = 1 / 10_000;
    const summary = summaryOf([5, 1, 2, 7, 2], error);
    // As Spark's percentile_approx gives them for 1, 2, 2, 5, 7.
    expect(quantiles(summary, [0, 0.2, 0.5, 0.8, 0.81, 1], error)).toEqual([1, 1, 2, 5, 7, 7]);
    expect(quantiles(emptySummary(), [0.5], error)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (values, q) => {
          const sorted = Float64Array.from(values).sort();
          expect(quantiles(summaryOf(values, error), [q], error)).toEqual([
            sorted[Math.ceil(q * values.length) - 1]! + 0,
          ]);
        },
      ),
    );
  });

  it.each([0.1, 0.01, 0.001])('are off by no more than asked (%d), in bounded memory', (error) => {
    const n = 130_007;
    const summary = summaryOf(scattered(n), error);
    const shares = [0.01, 0.25, 0.5, 0.75, 0.99];
    quantiles(summary, shares, error)!.forEach((value, i) => {
      expect(Math.abs(value - shares[i]! * n)).toBeLessThanOrEqual(error * n + 1);
    });
    expect(summary.samples.length).toBeLessThan(4 / error);
  });

  it('of merged summaries are as good', () => {
    const error = 0.01;
    const values = scattered(100_003);
    const summary = summaryOf(values.slice(0, 60_000), error);
    const other = summaryOf(values.slice(60_000), error);
    const before = structuredClone(other);
    mergeSummaries(summary, other, error);
    expect(other).toEqual(before);
    const [median] = quantiles(summary, [0.5], error)!;
    expect(Math.abs(median! - 50_001)).toBeLessThanOrEqual(2 * error * 100_003);
    mergeSummaries(summary, emptySummary(), error);
    expect(summary.count).toBe(100_003);
    const fresh = emptySummary();
    mergeSummaries(fresh, summary, error);
    expect(quantiles(fresh, [0.5], error)).toEqual([median]);
  });
});
