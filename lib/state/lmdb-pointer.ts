/** Which version of a store the commit of a batch means. */
export interface LmdbPointer {
  readonly lmdb: number;
}
