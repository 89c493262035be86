import { setImmediate as turn } from 'node:timers/promises';
import { SluiceError } from '../../../lib/errors/index.js';
import type { TopicPartition } from '../client/contract.js';
import { type BatchLimits, RecordReader, type RecordRows } from '../records/index.js';
import { nowhere } from './chunk.js';
import type { Fetcher } from './fetcher.js';
import type { LossPolicy } from './loss.js';
import type { Backlog } from './shares.js';

/** Bytes for which room is made beforehand, at least and at most, and rows. */
const leastRoom = 1 << 20;
const mostRoom = 48 << 20;
const mostRows = 1 << 20;

/** Makes rows of what is fetched. */
export class RangeReader {
  constructor(
    private readonly fetcher: Fetcher,
    private readonly losses: LossPolicy,
    private readonly limits: BatchLimits,
  ) {}

  /** Adds the records of the ranges, one partition after the other. */
  async readInto(rows: RecordRows, ranges: readonly Backlog[]): Promise<void> {
    // From here on all of them are fetched, while the first is read.
    this.makeRoom(rows, ranges);
    for (const range of ranges) await this.readRange(rows, range);
  }

  /** Room for what is to be expected, so that columns need not grow again and again. */
  private makeRoom(rows: RecordRows, ranges: readonly Backlog[]): void {
    let count = 0;
    let bytes = 0;
    for (const range of ranges) {
      const size = range.until - range.from;
      count += size;
      bytes += size * (this.fetcher.feedOf(range, range.from).bytesPerOffset ?? 0);
    }
    // A record batch is expanded behind the values before it. Little is not worth it, much is a guess.
    if (bytes > leastRoom) {
      rows.reserve(Math.min(count, mostRows), Math.min(Math.ceil(bytes * 1.05) + leastRoom, mostRoom));
    }
  }

  private async readRange(rows: RecordRows, { topic, partition, from, until }: Backlog): Promise<void> {
    const of = { topic, partition };
    const feed = this.fetcher.feedOf(of, from);
    let next = from;
    while (next < until) {
      const chunk = await this.fetcher.next(feed, next);
      if (chunk === undefined) {
        const why = 'its topic was deleted meanwhile';
        this.losses.report({ ...of, condition: 'PARTITIONS_DELETED', from: next, to: undefined, why });
        return;
      }
      const { bytes, aborted } = chunk;
      if (bytes === undefined) {
        this.lost(of, next, chunk.next, until);
        next = chunk.next;
        continue;
      }
      const before = rows.byteLength;
      const reader = new RecordReader({ ...of, bytes, from: next, until, aborted }, this.limits);
      if (!(await reader.readInto(rows, Infinity))) throw this.tooMuch();
      feed.measured(reader.position - next, rows.byteLength - before);
      next = reader.position;
      this.fetcher.release(feed, next);
      // What has come meanwhile is received, and more is asked for.
      await turn();
    }
  }

  private lost(of: TopicPartition, from: number, next: number, until: number): void {
    if (next === nowhere) {
      const why = 'it has none of them any more';
      this.losses.report({ ...of, condition: 'PARTITION_OFFSET_CHANGED', from, to: undefined, why });
      this.fetcher.forget(of);
      return;
    }
    const why = `its records before ${next} are deleted`;
    const to = this.losses.fails ? next : Math.min(next, until);
    this.losses.report({ ...of, condition: 'COULD_NOT_READ_OFFSET_RANGE', from, to, why });
  }

  private tooMuch(): SluiceError {
    const message =
      `A batch of the source '${this.losses.source}' holds more than 1 GiB. Take less at a time: maxOffsetsPerTrigger, ` +
      'and trigger({ availableNow: true }) rather than once.';
    return new SluiceError('BUFFER_OVERFLOW', message, { details: { source: this.losses.source } });
  }
}
