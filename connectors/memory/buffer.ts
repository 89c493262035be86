import { Table } from '../../lib/columns/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Schema } from '../../lib/schema/index.js';

/** Rows that were added together; row `i` of them has the number `from + i`. */
interface Chunk<Row> {
  readonly from: number;
  readonly to: number;
  readonly data: Table | readonly Row[];
}

/** What a memory source holds: rows numbered from 0 as they were added, without those that every run has committed. */
export class RowBuffer<Row> {
  private chunks: Chunk<Row>[] = [];
  private start = 0;
  private total = 0;

  constructor(private readonly schema: Schema | undefined) {}

  /** The number of the first row that is still here. */
  get first(): number {
    return this.start;
  }

  /** The number of the next row to be added. */
  get end(): number {
    return this.total;
  }

  add(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const data = this.schema === undefined ? rows : Table.fromRows(rows, this.schema);
    this.chunks.push({ from: this.total, to: this.total + rows.length, data });
    this.total += rows.length;
  }

  /** Throws DATA_LOSS if not all of the rows `from` up to `to` are here. */
  demand(from: number, to: number): void {
    if (from >= this.start && to <= this.total) return;
    const message =
      `memorySource: rows ${from} to ${to} are wanted, ${this.start} to ${this.total} are here. It keeps rows ` +
      'within the process, until they are committed. Start with another checkpoint directory.';
    throw new SluiceError('DATA_LOSS', message, { details: { from, to, first: this.start, end: this.total } });
  }

  /** Rows `from` up to `to`, at least one. */
  slice(from: number, to: number): Table | readonly Row[] {
    this.demand(from, to);
    const parts = this.chunks
      .filter((chunk) => chunk.to > from && chunk.from < to)
      .map(({ from: base, to: end, data }) => data.slice(Math.max(from, base) - base, Math.min(to, end) - base));
    return this.schema === undefined ? (parts as Row[][]).flat() : Table.concat(parts as Table[]);
  }

  /** Lets go of the rows before `row`. */
  dropBefore(row: number): void {
    this.start = Math.max(this.start, row);
    this.chunks = this.chunks.filter((chunk) => chunk.to > row);
  }
}
