export { Delivery, type HiddenColumns } from './delivery.js';
export type { Layout } from './layout.js';
export {
  MicroBatch,
  type BatchHead,
  type BatchQuery,
  type Columns,
  type Json,
  type OffsetRange,
  type SinkReport,
} from './micro-batch.js';
export { Settlement, type Done, type Settled } from './settlement.js';
