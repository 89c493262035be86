/** A transaction that was aborted, as the answer to a fetch lists it. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  /** The offset of its first record. */
  readonly firstOffset: number;
}

/** Which batches belong to aborted transactions, when they are asked for one after the other. */
export class AbortedTransactions {
  /** By first offset, the last first. */
  private readonly coming: AbortedTransaction[];
  private readonly open = new Set<bigint>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.coming = transactions.toSorted((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Whether a producer's batch, whose last record has that offset, is of an aborted transaction. */
  holds(producer: bigint, last: number): boolean {
    this.reach(last);
    return this.open.has(producer);
  }

  /** A marker ends the producer's transaction, aborted or not. */
  ends(producer: bigint, last: number): void {
    this.reach(last);
    this.open.delete(producer);
  }

  private reach(offset: number): void {
    for (let next = this.coming.at(-1); next !== undefined && next.firstOffset <= offset; next = this.coming.at(-1)) {
      this.open.add(next.producerId);
      this.coming.pop();
    }
  }
}
