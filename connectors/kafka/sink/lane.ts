import type { TopicPartition } from '../client/contract.js';
import { type RecordColumns, sequenceAfter } from '../records/index.js';

/** Rows on their way to one partition, in order. */
export class Lane implements TopicPartition {
  /** The place in `rows` behind what the broker has, and the number of the record that is there. */
  private acked = 0;
  private ackedSequence = 0;
  /** The same of what is on its way. */
  sent = 0;
  sequence = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly records: RecordColumns,
    readonly rows: Int32Array,
  ) {}

  get isSent(): boolean {
    return this.sent === this.rows.length;
  }

  get isDone(): boolean {
    return this.acked === this.rows.length;
  }

  /** Everything is to be sent; the first record gets this number. */
  begin(sequence: number): void {
    this.acked = 0;
    this.renumber(sequence);
  }

  /** What the broker is not known to have is to be sent again, under other numbers. */
  renumber(sequence: number): void {
    this.ackedSequence = sequence;
    this.rewind();
  }

  /** The same under the same numbers, by which the broker knows what it has after all. */
  rewind(): void {
    this.sent = this.acked;
    this.sequence = this.ackedSequence;
  }

  /** `rows[sent, until)` are on their way. */
  pass(until: number): void {
    this.sequence = sequenceAfter(this.sequence, until - this.sent);
    this.sent = until;
  }

  /** The broker has `rows[from, until)`. */
  acknowledge(from: number, until: number): void {
    if (from !== this.acked) return;
    this.ackedSequence = sequenceAfter(this.ackedSequence, until - from);
    this.acked = until;
  }
}
