import type { MicroBatch } from '../../lib/batch/index.js';
import { keepRows } from './runner.js';
import { hiddenOf } from './hidden-rows.js';

/** The rows of a batch at these positions; where they are objects, they stay the objects that they are. */
export function rowsAt(batch: MicroBatch, positions: Int32Array): MicroBatch {
  const some = batch.isColumnar ? batch.with(batch.table.gather(positions)) : keepRows(batch, positions);
  return some.withHidden(hiddenOf(batch, positions));
}
