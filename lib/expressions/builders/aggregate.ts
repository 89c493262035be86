// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * The number of rows for which the condition holds.
 *
 * In SQL:
 *
 *     count_if(1 > 0)  -- 1
 */
export const countIf = (condition: Argument): Expr => make('count_if', argument(condition));

/**
 * The number of rows in which neither is null.
 *
 * In SQL:
 *
 *     regr_count(1, 2)  -- 1
 */
export const regrCount = (y: Argument, x: Argument): Expr => make('regr_count', argument(y), argument(x));

/**
 * The sum: a BIGINT of integers, a decimal with ten more digits of decimals, else a double. Fails on overflow.
 *
 * In SQL:
 *
 *     sum(2)  -- 2
 *     sum(CAST(NULL AS INT))  -- NULL
 */
export const sum = (expr: Argument): Expr => make('sum', argument(expr));

/**
 * As `sum`, but null where the sum is too large for its type.
 *
 * In SQL:
 *
 *     try_sum(2)  -- 2
 *     try_sum(CAST(NULL AS INT))  -- NULL
 */
export const trySum = (expr: Argument): Expr => make('try_sum', argument(expr));

/**
 * The average: a double, of decimals a decimal with four more digits, of intervals an interval.
 *
 * In SQL:
 *
 *     avg(2)  -- 2.0
 */
export const avg = (expr: Argument): Expr => make('avg', argument(expr));
/** The same as `avg`. */
export const mean = avg;

/**
 * As `avg`, but null where the sum is too large for its type.
 *
 * In SQL:
 *
 *     try_avg(2)  -- 2.0
 */
export const tryAvg = (expr: Argument): Expr => make('try_avg', argument(expr));

/**
 * The average of `x` over the rows in which neither is null.
 *
 * In SQL:
 *
 *     regr_avgx(1, 2)  -- 2.0
 */
export const regrAvgx = (y: Argument, x: Argument): Expr => make('regr_avgx', argument(y), argument(x));

/**
 * The average of `y` over the rows in which neither is null.
 *
 * In SQL:
 *
 *     regr_avgy(1, 2)  -- 1.0
 */
export const regrAvgy = (y: Argument, x: Argument): Expr => make('regr_avgy', argument(y), argument(x));

/**
 * The least value that is not null. NaN is greater than any other number.
 *
 * In SQL:
 *
 *     min(2)  -- 2
 */
export const min = (expr: Argument): Expr => make('min', argument(expr));

/**
 * The greatest value that is not null. NaN is greater than any other number.
 *
 * In SQL:
 *
 *     max(2)  -- 2
 */
export const max = (expr: Argument): Expr => make('max', argument(expr));

/**
 * The value of `expr` in the row whose `ord` is least; the last of several such rows.
 *
 * In SQL:
 *
 *     min_by('a', 1)  -- a
 */
export const minBy = (expr: Argument, ord: Argument): Expr => make('min_by', argument(expr), argument(ord));

/**
 * The value of `expr` in the row whose `ord` is greatest; the last of several such rows.
 *
 * In SQL:
 *
 *     max_by('a', 1)  -- a
 */
export const maxBy = (expr: Argument, ord: Argument): Expr => make('max_by', argument(expr), argument(ord));

/**
 * The value of the first row, or of the first in which it is not null.
 *
 * In SQL:
 *
 *     first(10)  -- 10
 */
export const first = (expr: Argument, ignoreNulls?: Setting): Expr =>
  make('first', argument(expr), setting(ignoreNulls));
/** The same as `first`. */
export const firstValue = first;

/**
 * The value of the last row, or of the last in which it is not null.
 *
 * In SQL:
 *
 *     last(10)  -- 10
 */
export const last = (expr: Argument, ignoreNulls?: Setting): Expr => make('last', argument(expr), setting(ignoreNulls));
/** The same as `last`. */
export const lastValue = last;

/**
 * A value of one of the rows: the first, or the first that is not null.
 *
 * In SQL:
 *
 *     any_value(10)  -- 10
 */
export const anyValue = (expr: Argument, ignoreNulls?: Setting): Expr =>
  make('any_value', argument(expr), setting(ignoreNulls));

/**
 * All values that are not null as an array, in the order of the rows.
 *
 * In SQL:
 *
 *     collect_list(1)  -- [1]
 */
export const collectList = (expr: Argument): Expr => make('collect_list', argument(expr));
/** The same as `collectList`. */
export const arrayAgg = collectList;

/**
 * The different values that are not null as an array, in the order in which they first came.
 *
 * In SQL:
 *
 *     collect_set(1)  -- [1]
 */
export const collectSet = (expr: Argument): Expr => make('collect_set', argument(expr));

/**
 * All values that are not null, one after the other, with the delimiter between them.
 *
 * In SQL:
 *
 *     listagg('a', ',')  -- a
 */
export const listagg = (expr: Argument, delimiter?: Setting): Expr =>
  make('listagg', argument(expr), setting(delimiter));
/** The same as `listagg`. */
export const stringAgg = listagg;

/**
 * The variance of all values.
 *
 * In SQL:
 *
 *     var_pop(1)  -- 0.0
 */
export const varPop = (expr: Argument): Expr => make('var_pop', argument(expr));

/**
 * The variance that a sample suggests (divided by n - 1); null for a single value.
 *
 * In SQL:
 *
 *     var_samp(1)  -- NULL
 */
export const varSamp = (expr: Argument): Expr => make('var_samp', argument(expr));
/** The same as `varSamp`. */
export const variance = varSamp;

/**
 * The standard deviation of all values.
 *
 * In SQL:
 *
 *     stddev_pop(1)  -- 0.0
 */
export const stddevPop = (expr: Argument): Expr => make('stddev_pop', argument(expr));

/**
 * The standard deviation that a sample suggests (divided by n - 1); null for a single value.
 *
 * In SQL:
 *
 *     stddev_samp(1)  -- NULL
 */
export const stddevSamp = (expr: Argument): Expr => make('stddev_samp', argument(expr));
/** The same as `stddevSamp`. */
export const stddev = stddevSamp;
/** The same as `stddevSamp`. */
export const std = stddevSamp;

/**
 * How much the values lean to one side; null if all are the same.
 *
 * In SQL:
 *
 *     skewness(1)  -- NULL
 */
export const skewness = (expr: Argument): Expr => make('skewness', argument(expr));

/**
 * How heavy the tails are, 0 for a normal distribution; null if all values are the same.
 *
 * In SQL:
 *
 *     kurtosis(1)  -- NULL
 */
export const kurtosis = (expr: Argument): Expr => make('kurtosis', argument(expr));

/**
 * The Pearson coefficient of correlation.
 *
 * In SQL:
 *
 *     corr(1, 2)  -- NULL
 */
export const corr = (x: Argument, y: Argument): Expr => make('corr', argument(x), argument(y));

/**
 * The covariance of all pairs.
 *
 * In SQL:
 *
 *     covar_pop(1, 2)  -- 0.0
 */
export const covarPop = (x: Argument, y: Argument): Expr => make('covar_pop', argument(x), argument(y));

/**
 * The covariance that a sample suggests (divided by n - 1); null for a single pair.
 *
 * In SQL:
 *
 *     covar_samp(1, 2)  -- NULL
 */
export const covarSamp = (x: Argument, y: Argument): Expr => make('covar_samp', argument(x), argument(y));

/**
 * How well a straight line fits, 0 to 1.
 *
 * In SQL:
 *
 *     regr_r2(1, 2)  -- NULL
 */
export const regrR2 = (y: Argument, x: Argument): Expr => make('regr_r2', argument(y), argument(x));

/**
 * The slope of the line that fits best.
 *
 * In SQL:
 *
 *     regr_slope(1, 2)  -- NULL
 */
export const regrSlope = (y: Argument, x: Argument): Expr => make('regr_slope', argument(y), argument(x));

/**
 * Where the line that fits best meets the y axis.
 *
 * In SQL:
 *
 *     regr_intercept(1, 2)  -- NULL
 */
export const regrIntercept = (y: Argument, x: Argument): Expr => make('regr_intercept', argument(y), argument(x));

/**
 * The sum of the squared distances of `x` from its average.
 *
 * In SQL:
 *
 *     regr_sxx(1, 2)  -- 0.0
 */
export const regrSxx = (y: Argument, x: Argument): Expr => make('regr_sxx', argument(y), argument(x));

/**
 * The sum of the squared distances of `y` from its average.
 *
 * In SQL:
 *
 *     regr_syy(1, 2)  -- 0.0
 */
export const regrSyy = (y: Argument, x: Argument): Expr => make('regr_syy', argument(y), argument(x));

/**
 * The sum of the products of the distances of `x` and `y` from their averages.
 *
 * In SQL:
 *
 *     regr_sxy(1, 2)  -- 0.0
 */
export const regrSxy = (y: Argument, x: Argument): Expr => make('regr_sxy', argument(y), argument(x));

/**
 * Whether all values that are not null are true.
 *
 * In SQL:
 *
 *     bool_and(true)  -- true
 */
export const boolAnd = (expr: Argument): Expr => make('bool_and', argument(expr));
/** The same as `boolAnd`. */
export const every = boolAnd;

/**
 * Whether any value is true.
 *
 * In SQL:
 *
 *     bool_or(true)  -- true
 */
export const boolOr = (expr: Argument): Expr => make('bool_or', argument(expr));
/** The same as `boolOr`. */
export const some = boolOr;
/** The same as `boolOr`. */
export const any = boolOr;

/**
 * The bitwise AND of all values.
 *
 * In SQL:
 *
 *     bit_and(5)  -- 5
 */
export const bitAnd = (expr: Argument): Expr => make('bit_and', argument(expr));

/**
 * The bitwise OR of all values.
 *
 * In SQL:
 *
 *     bit_or(5)  -- 5
 */
export const bitOr = (expr: Argument): Expr => make('bit_or', argument(expr));

/**
 * The bitwise XOR of all values.
 *
 * In SQL:
 *
 *     bit_xor(5)  -- 5
 */
export const bitXor = (expr: Argument): Expr => make('bit_xor', argument(expr));

/**
 * The exact value below which the given share (0 to 1) of all values lies, interpolated; an array of shares gives an array. `frequency` says how often a row counts.
 *
 * In SQL:
 *
 *     percentile(10, 0.5)  -- 10.0
 */
export const percentile = (expr: Argument, percentage: Setting, frequency?: Argument): Expr =>
  make('percentile', argument(expr), setting(percentage), argument(frequency));

/**
 * The value in the middle, interpolated between two where there are two.
 *
 * In SQL:
 *
 *     median(10)  -- 10.0
 */
export const median = (expr: Argument): Expr => make('median', argument(expr));

/**
 * The value below which the given share of all values lies, interpolated.
 *
 * In SQL:
 *
 *     percentile_cont(0.5) WITHIN GROUP (ORDER BY 10)  -- 10.0
 */
export const percentileCont = (expr: Argument, percentage: Setting, descending: Setting): Expr =>
  make('percentile_cont', argument(expr), setting(percentage), setting(descending));

/**
 * The first value that is not below the given share of all values.
 *
 * In SQL:
 *
 *     percentile_disc(0.5) WITHIN GROUP (ORDER BY 10)  -- 10.0
 */
export const percentileDisc = (expr: Argument, percentage: Setting, descending: Setting): Expr =>
  make('percentile_disc', argument(expr), setting(percentage), setting(descending));

/**
 * The value that comes most often. Of several the one that came first, or the least with `deterministic` = true.
 *
 * In SQL:
 *
 *     mode('a')  -- a
 */
export const mode = (expr: Argument, deterministic?: Setting): Expr =>
  make('mode', argument(expr), setting(deterministic));

/**
 * About how many different values there are, by HyperLogLog++, in fixed memory. `relativeSD` (0.05) is the relative standard deviation to allow, 0.39 at most.
 *
 * In SQL:
 *
 *     approx_count_distinct(1)  -- 1
 */
export const approxCountDistinct = (expr: Argument, relativeSD?: Setting): Expr =>
  make('approx_count_distinct', argument(expr), setting(relativeSD));

/**
 * A value of which about the given share (0 to 1) of all values is less or equal; an array of shares gives an array. The rank is off by at most 1 in `accuracy` (10000).
 *
 * In SQL:
 *
 *     percentile_approx(10, 0.5)  -- 10
 */
export const percentileApprox = (expr: Argument, percentage: Setting, accuracy?: Setting): Expr =>
  make('percentile_approx', argument(expr), setting(percentage), setting(accuracy));
/** The same as `percentileApprox`. */
export const approxPercentile = percentileApprox;

/**
 * A histogram of `nb` (2 or more) bins, placed where the values are: an array of structs of the centre `x` and how many values it stands for, `y`.
 *
 * In SQL:
 *
 *     histogram_numeric(1, 2)  -- [{1, 1.0}]
 */
export const histogramNumeric = (expr: Argument, nb: Setting): Expr =>
  make('histogram_numeric', argument(expr), setting(nb));
