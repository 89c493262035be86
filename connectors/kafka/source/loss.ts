import { SluiceError } from '../../../lib/errors/index.js';
import type { TopicPartition } from '../client/contract.js';

/** How data was lost, as Spark names it. */
export type LossCondition =
  | 'PARTITIONS_DELETED'
  | 'ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO'
  | 'PARTITION_OFFSET_CHANGED'
  | 'COULD_NOT_READ_OFFSET_RANGE'
  | 'START_OFFSET_RESET';

/** Offsets that were to be read and cannot be. */
export interface Loss extends TopicPartition {
  readonly condition: LossCondition;
  /** The first that is lost. */
  readonly from: number;
  /** Where reading can go on; undefined: nowhere. */
  readonly to: number | undefined;
  /** How it came, as far as it is known: a sentence's end. */
  readonly why: string;
}

/** What `failOnDataLoss` says is done about data that is gone. */
export class LossPolicy {
  /** Offsets that were passed over; those whose number nobody knows are not among them. */
  lostOffsets = 0;
  losses = 0;

  constructor(
    readonly source: string,
    readonly fails: boolean,
  ) {}

  /** Throws DATA_LOSS, or counts. */
  report(loss: Loss): void {
    const { topic, partition, condition, from, to, why } = loss;
    if (!this.fails) {
      this.losses++;
      if (to !== undefined) this.lostOffsets += Math.max(0, to - from);
      return;
    }
    const goesOn = to === undefined ? 'nothing of it can be read' : `it can be read from ${to} on`;
    const message =
      `The source '${this.source}' was to read topic '${topic}', partition ${partition} from offset ${from} on; ${why}, and ${goesOn}. ` +
      'failOnDataLoss: false goes on with what is there; a new checkpoint begins anew.';
    throw new SluiceError('DATA_LOSS', message, { details: { topic, partition, from, to, condition } });
  }
}
