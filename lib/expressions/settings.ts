/** What holds for all expressions of a query. */
export interface ExpressionSettings {
  /** Errors for overflow, division by zero and invalid casts, as in Spark 4 (default true). */
  readonly ansi: boolean;
  /** The time zone of the session (default `UTC`). */
  readonly timeZone: string;
  /** Two equal keys given for a map: an error, or the last one stays. */
  readonly mapKeyDedupPolicy: 'EXCEPTION' | 'LAST_WIN';
  /**
   * Texts that a datetime pattern of Spark 2 matches and one of Spark 3 does not: they do not match (`CORRECTED`, the
   * default), they match (`LEGACY`: patterns mean what they did), or that is an error (`EXCEPTION`).
   */
  readonly timeParserPolicy: 'EXCEPTION' | 'CORRECTED' | 'LEGACY';
}

export const defaultSettings: ExpressionSettings = {
  ansi: true,
  timeZone: 'UTC',
  mapKeyDedupPolicy: 'EXCEPTION',
  timeParserPolicy: 'CORRECTED',
};
