/** What is known of the event time of the rows that a node gives. */
export interface EventTime {
  /** The columns that carry it, and by how much events may be late there, in milliseconds. */
  readonly columns: ReadonlyMap<string, number>;
  /**
   * The watermark that the node gives to the next one where that of the query is `global`: no row follows that is not
   * after it. Null: there is none.
   */
  readonly watermark: (global: number) => number | null;
}

/** The watermark behind several inputs: the least of theirs. */
export function mergedEventTime(
  columns: ReadonlyMap<string, number>,
  inputs: readonly (EventTime | undefined)[],
): EventTime | undefined {
  return inputs.every((input) => input === undefined) ? undefined : { columns, watermark: reachingWatermark(inputs) };
}

/** The watermark that reaches an operator of these inputs, as a function of that of the query: the least of theirs. */
export function reachingWatermark(inputs: readonly (EventTime | undefined)[]): EventTime['watermark'] {
  const known = inputs.filter((input) => input !== undefined);
  return (global) => {
    const marks = known.map((input) => input.watermark(global)).filter((mark) => mark !== null);
    return marks.length === 0 ? null : Math.min(...marks);
  };
}
