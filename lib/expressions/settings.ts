/** What holds for all expressions of a query. */
export interface ExpressionSettings {
  /** Errors for overflow, division by zero and invalid casts, as in Spark 4 (default true). */
  readonly ansi: boolean;
  /** The time zone of the session (default `UTC`). */
  readonly timeZone: string;
  /** Two equal keys given for a map: an error, or the last one stays. */
  readonly mapKeyDedupPolicy: 'EXCEPTION' | 'LAST_WIN';
  /** How texts that only an older parser of dates reads are treated. */
  readonly timeParserPolicy: 'EXCEPTION' | 'CORRECTED' | 'LEGACY';
}

export const defaultSettings: ExpressionSettings = {
  ansi: true,
  timeZone: 'UTC',
  mapKeyDedupPolicy: 'EXCEPTION',
  timeParserPolicy: 'EXCEPTION',
};
