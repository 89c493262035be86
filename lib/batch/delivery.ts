import type { Column, Table } from '../columns/index.js';
import type { Schema } from '../schema/index.js';
import type { Layout } from './layout.js';

/** Columns that a batch has besides those that everybody sees; each is made when somebody asks for it. */
export interface HiddenColumns {
  readonly schema: Schema;
  column(name: string): Column;
}

/** What a source gives for a range, if that is more than rows. */
export class Delivery {
  constructor(
    readonly table: Table,
    /** Of as many rows as the table. */
    readonly hidden: HiddenColumns | undefined,
    /** Records of the range that are not among the rows, as `deadLetterSchema` has them, given the batch's id. */
    readonly rejected?: (batch: number) => Table,
    /** How the rows are dealt out to what a sink writes side by side; undefined: they are in one. */
    readonly layout?: Layout,
  ) {}
}
