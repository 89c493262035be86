import { array, binary, double, field, long, structOf } from '../../../schema/index.js';
import { Xxh64, valueHasher } from '../../../hash/index.js';
import { addHash, estimate, mergeRegisters, precisionFor } from '../../../sketch/hyperloglog.js';
import { type Histogram, addToHistogram, emptyHistogram, mergeHistograms } from '../../../sketch/histogram.js';
import { type QuantileSummary, addNumber, emptySummary, mergeSummaries, quantiles } from '../../../sketch/quantiles.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Accumulator, AggregateDef, Binding } from '../define.js';
import { any, constant, double as doubleParam, int as intParam, optional } from '../params.js';
import { measureOrTime } from './measures.js';
import { fromDouble, toDouble } from './doubles.js';
import { percentages, percentageParam } from './percentages.js';

const approxCountDistinct: AggregateDef = {
  name: 'approx_count_distinct',
  group: 'aggregate',
  usage: 'expr[, relativeSD]',
  summary:
    'About how many different values there are, by HyperLogLog++, in fixed memory. `relativeSD` (0.05) is the relative standard deviation to allow, 0.39 at most.',
  examples: [['approx_count_distinct(1)', '1']],
  params: [any('expr'), optional(constant(doubleParam('relativeSD')))],
  returns: long(),
  neverNull: true,
  accumulate: (binding) => {
    const deviation = binding.types.length > 1 ? binding.constant(1) : 0.05;
    const precision = typeof deviation === 'number' && deviation > 0 ? precisionFor(deviation) : undefined;
    if (precision === undefined || precision > 24) {
      throw invalid('VALUE_OUT_OF_RANGE', 'The relative standard deviation must be at most 0.39, and above 0.0003.');
    }
    const feed = valueHasher(binding.types[0]!);
    const hasher = new Xxh64();
    return {
      state: [binary()],
      init: () => [new Uint8Array(1 << precision)],
      update: (state, value) => {
        hasher.reset();
        feed(hasher, value);
        addHash(state[0] as Uint8Array, precision, hasher.low, hasher.high);
      },
      merge: (state, [other]) => mergeRegisters(state[0] as Uint8Array, other as Uint8Array),
      finish: (state) => BigInt(estimate(state[0] as Uint8Array)),
    };
  },
};

const percentileApprox: AggregateDef = {
  name: 'percentile_approx',
  aliases: ['approx_percentile'],
  group: 'aggregate',
  usage: 'expr, percentage[, accuracy]',
  summary:
    'A value of which about the given share (0 to 1) of all values is less or equal; an array of shares gives an array. The rank is off by at most 1 in `accuracy` (10000).',
  examples: [['percentile_approx(10, 0.5)', '10']],
  params: [measureOrTime('expr'), percentageParam('percentage'), optional(constant(intParam('accuracy')))],
  returns: ([type, percentage]) => (percentage!.kind === 'array' ? array(type!, false) : type!),
  accumulate: (binding) =>
    quantileAccumulator(binding, percentages(binding, 1, 'percentile_approx'), accuracy(binding)),
};

function accuracy(binding: Binding): number {
  const given = binding.types.length > 2 ? binding.constant(2) : 10_000;
  if (given === null) throw invalid('DATATYPE_MISMATCH.UNEXPECTED_NULL', 'The accuracy must not be null.');
  if (typeof given === 'number' && given > 0) return given;
  throw invalid('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', 'The accuracy must be 1 or more.');
}

function quantileAccumulator({ types }: Binding, shares: readonly number[], accuracy: number): Accumulator {
  const type = types[0]!;
  const read = toDouble(type);
  const write = fromDouble(type);
  const error = 1 / accuracy;
  const summaryOf = (state: readonly Value[]): QuantileSummary => {
    const [count, samples, gaps, spans, recent] = state as unknown as [number, number[], number[], number[], number[]];
    return { count, samples, gaps, spans, recent };
  };
  const store = (state: Value[], { count, samples, gaps, spans, recent }: QuantileSummary): void => {
    state.splice(0, 5, count, samples, gaps, spans, recent);
  };
  return {
    state: [double(), array(double()), array(double()), array(double()), array(double())],
    init: () => {
      const state: Value[] = [];
      store(state, emptySummary());
      return state;
    },
    update: (state, value) => {
      const summary = summaryOf(state);
      addNumber(summary, read(value), error);
      store(state, summary);
    },
    merge: (state, other) => {
      const summary = summaryOf(state);
      mergeSummaries(summary, summaryOf(other), error);
      store(state, summary);
    },
    finish: (state) => {
      const found = quantiles({ ...summaryOf(state) }, shares, error);
      if (found === undefined) return null;
      return types[1]!.kind === 'array' ? found.map(write) : write(found[0]!);
    },
  };
}

const histogramNumeric: AggregateDef = {
  name: 'histogram_numeric',
  group: 'aggregate',
  usage: 'expr, nb',
  summary:
    'A histogram of `nb` (2 or more) bins, placed where the values are: an array of structs of the centre `x` and how many values it stands for, `y`.',
  examples: [['histogram_numeric(1, 2)', '[{1, 1.0}]']],
  params: [measureOrTime('expr'), constant(intParam('nb'))],
  returns: ([type]) => array(structOf([field('x', type!), field('y', double())])),
  accumulate: (binding) => {
    const bins = binding.constant(1);
    if (bins === null) throw invalid('DATATYPE_MISMATCH.UNEXPECTED_NULL', 'The number of bins must not be null.');
    if (typeof bins !== 'number' || bins < 2) {
      throw invalid('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', 'The number of bins must be 2 or more.');
    }
    const read = toDouble(binding.types[0]!);
    const write = fromDouble(binding.types[0]!);
    const histogramOf = (state: readonly Value[]): Histogram => {
      const [centres, heights, random] = state as unknown as [number[], number[], bigint];
      return { centres, heights, random };
    };
    const change = (state: Value[], by: (histogram: Histogram) => void): void => {
      const histogram = histogramOf(state);
      by(histogram);
      state[2] = histogram.random;
    };
    return {
      state: [array(double()), array(double()), long()],
      init: () => Object.values(emptyHistogram()) as Value[],
      update: (state, value) => change(state, (h) => addToHistogram(h, read(value), bins)),
      merge: (state, other) => change(state, (h) => mergeHistograms(h, histogramOf(other), bins)),
      finish: (state) => {
        const { centres, heights } = histogramOf(state);
        return centres.length === 0 ? null : centres.map((centre, i) => [write(centre), heights[i]!]);
      },
    };
  },
};

export const approximations: readonly AggregateDef[] = [approxCountDistinct, percentileApprox, histogramNumeric];
