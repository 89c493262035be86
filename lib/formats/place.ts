/** Where the bytes that are decoded come from, for messages. */
export interface Place {
  /** The file, as the user would name it. */
  readonly path: string;
  /** The offset in the file of the first byte given. */
  readonly position: number;
}
