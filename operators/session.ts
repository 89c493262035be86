import { findZone } from '../lib/datetime/index.js';
import type { ExpressionSettings } from '../lib/expressions/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import { custom, oneOf, parseOptions } from '../lib/options/index.js';

/** The settings of Spark's session that expressions heed. */
export interface SessionOptions {
  /**
   * Whether an overflow, a division by zero or an invalid cast is an error (Spark 4's default), or wraps around and
   * gives null, as before. Default true.
   */
  ansi?: boolean;
  /** The time zone in which timestamps are read, shown and taken apart, such as `'Europe/Zurich'`. Default `'UTC'`. */
  timeZone?: string;
  /** Two equal keys in a map: an error, or the last one stays. Default `'EXCEPTION'`. */
  mapKeyDedupPolicy?: 'EXCEPTION' | 'LAST_WIN';
  /**
   * How times are parsed: by the patterns of Spark 3 and later (`'CORRECTED'`), by those and with an error where
   * Spark 2 would have given something else (`'EXCEPTION'`, the default), or as Spark 2 did (`'LEGACY'`).
   */
  timeParserPolicy?: 'EXCEPTION' | 'CORRECTED' | 'LEGACY';
}

const spec = {
  ansi: custom((v): v is boolean => typeof v === 'boolean', 'true or false'),
  timeZone: custom(
    (v): v is string => typeof v === 'string' && findZone(v) !== undefined,
    "a time zone such as 'Europe/Zurich' or '+02:00'",
  ),
  mapKeyDedupPolicy: oneOf(['EXCEPTION', 'LAST_WIN']),
  timeParserPolicy: oneOf(['EXCEPTION', 'CORRECTED', 'LEGACY']),
};

/**
 * Says what holds for the expressions that stand below it in the pipe; what is not said stays as it is. Flows that are
 * joined by `union` must agree, or the session stands below the union. Throws UNKNOWN_OPTION or INVALID_OPTION.
 *
 * @example
 * ```ts
 * orders$.pipe(session({ timeZone: 'Europe/Zurich' }), withColumn('hour', 'hour(at)'));
 * ```
 */
export function session<Row>(options: SessionOptions): FlowOperator<Row, Row> {
  const given = Object.entries(parseOptions('session', options, spec)).filter(([, value]) => value !== undefined);
  const settings = Object.fromEntries(given) as Partial<ExpressionSettings>;
  return flowOperator((input) => ({
    op: 'session',
    detail: given.map(([key, value]) => `${key}: ${String(value)}`).join(', '),
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    settings,
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) => source!,
  }));
}
