/** Where the bytes that are decoded come from, for messages. */
export interface Place {
  /** The file, as the user would name it. */
  readonly path: string;
  /** The offset in the file of the first byte given. */
  readonly position: number;
  /** How many bytes of the file the first bytes given stand for, where it is not as many. */
  readonly length?: (given: number) => number;
}

/** The offset in the file of the byte `at` of those given. */
export const positionOf = ({ position, length }: Place, at: number): number =>
  position + (length === undefined ? at : length(at));
