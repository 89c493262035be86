/** What was measured, as a line of the report. */
export interface Line {
  readonly what: string;
  readonly measured: string;
  readonly bar: string;
  readonly passed: boolean;
  readonly limits: string;
}
