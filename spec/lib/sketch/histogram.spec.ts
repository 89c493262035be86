import fc from 'fast-check';
import { type Histogram, addToHistogram, emptyHistogram, mergeHistograms } from '../../../lib/sketch/histogram.js';

function histogramOf(values: readonly number[], bins: number): Histogram {
  const histogram = emptyHistogram();
  for (const value of values) addToHistogram(histogram, value, bins);
  return histogram;
}

describe('histogram', () => {
  it('joins the closest bins', () => {
    // Spark's histogram_numeric(i, 2) of these gives {1, 3.0} and {6, 2.0} (the centres cut to integers).
    const { centres, heights } = histogramOf([1, 2, 2, 5, 7], 2);
    expect(centres.map(Math.trunc)).toEqual([1, 6]);
    expect(heights).toEqual([3, 2]);
  });

  it('breaks ties as java.util.Random(31183) does', () => {
    // Its first two numbers are 0.107 and 0.894: at most 1/2, so the second pair wins; not at most 1/3, so it stays.
    expect(histogramOf([0, 1, 2, 3], 3)).toMatchObject({ centres: [0, 1.5, 3], heights: [1, 2, 1] });
  });

  it('takes in NaN, which has no place among the others', () => {
    expect(histogramOf([1.5, 2.5, NaN], 5).centres).toEqual([1.5, NaN, 2.5]);
  });

  it('keeps order, count and number of bins, also when merged', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 });
    fc.assert(
      fc.property(values, values, fc.integer({ min: 2, max: 8 }), (a, b, bins) => {
        const histogram = histogramOf(a, bins);
        mergeHistograms(histogram, histogramOf(b, bins), bins);
        expect(histogram.centres.length).toBeLessThanOrEqual(bins);
        expect(histogram.heights.reduce((x, y) => x + y, 0)).toBe(a.length + b.length);
        expect([...histogram.centres].sort((x, y) => x - y)).toEqual(histogram.centres);
      }),
    );
  });
});
