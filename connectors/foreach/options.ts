import type { MaybePromise } from '../../lib/maybe-promise.js';
import { func, parseOptions, required } from '../../lib/options/index.js';

/** What is done with the rows of a batch. An object or an instance of a class of yours. */
export interface ForeachWriter<Row> {
  /** The batch begins. `false`: skip its rows. There is one partition, 0; `epochId` is the batch id. */
  open?(partitionId: number, epochId: number): MaybePromise<boolean | void>;
  /** One row. */
  process(row: Row): MaybePromise<unknown>;
  /** The batch is over, well (null) or with what `process` threw. Called once whenever `open` returned. */
  close?(error: unknown): MaybePromise<unknown>;
}

const spec = {
  open: func<ForeachWriter<unknown>['open']>(),
  process: required(func<ForeachWriter<unknown>['process']>()),
  close: func<ForeachWriter<unknown>['close']>(),
};

/** Checks a writer. Other properties are misspelt names, unless it is an instance of a class: those have a state. */
export function checkForeachWriter<Row>(writer: ForeachWriter<Row>): ForeachWriter<Row> {
  const isInstance =
    typeof writer === 'object' && writer !== null && Object.getPrototypeOf(writer) !== Object.prototype;
  const { open, process, close } = isInstance ? writer : ({} as Partial<ForeachWriter<Row>>);
  parseOptions('foreachSink', isInstance ? { open, process, close } : (writer ?? {}), spec);
  return writer;
}
