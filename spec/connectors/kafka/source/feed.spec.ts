import { chunkOf, nowhere } from '../../../../connectors/kafka/source/chunk.js';
import { Feed } from '../../../../connectors/kafka/source/feed.js';
import { at, batchOf, message } from '../records/batches.js';

const five = ['a', 'b', 'c', 'd', 'e'].map((value) => message(value));
const answer = (bytes: Buffer) => ({
  ...{ topic: 't', partition: 0, error: 0, highWatermark: 0, lastStableOffset: 0, logStart: 0, aborted: [] },
  bytes,
  release: () => undefined,
});

describe('what a fetch brought', () => {
  it('goes up to behind the last whole batch, and has no more', async () => {
    const batch = await batchOf(five);
    const two = Buffer.concat([batch, at(7, batch)]);
    expect(chunkOf(answer(two), 2)).toMatchObject({ from: 2, next: 12, bytes: two });
    for (const cut of [1, 60, batch.length - 1]) {
      const some = two.subarray(0, two.length - cut);
      expect(chunkOf(answer(some), 2)).toMatchObject({ from: 2, next: 5, bytes: batch });
    }
    expect(chunkOf(answer(batch.subarray(0, -1)), 0)).toBeUndefined();
    expect(chunkOf(answer(Buffer.alloc(0)), 0)).toBeUndefined();
  });

  it('is left to who reads it when it makes no sense, and nothing is fetched behind it', async () => {
    const batch = Buffer.from(await batchOf(five));
    batch[16] = 1;
    expect(chunkOf(answer(batch), 0)).toMatchObject({ next: nowhere, bytes: batch });
  });
});

describe('Feed', () => {
  const chunk = (from: number, next: number) => ({ from, next, bytes: Buffer.alloc(100), aborted: [] });

  it('gives what holds an offset, and lets go of what is before', () => {
    const feed = new Feed({ topic: 't', partition: 0 }, 0, 1000);
    feed.add(chunk(0, 5));
    feed.add(chunk(5, 9));
    expect(feed.at(3)).toMatchObject({ from: 0 });
    expect(feed.byteLength).toBe(200);
    expect(feed.at(5)).toMatchObject({ from: 5 });
    expect(feed.byteLength).toBe(100);
    expect(feed.at(9)).toBeUndefined();
    expect(feed).toMatchObject({ position: 9, epoch: 0, byteLength: 0 });
  });

  it('says of what was read that it was, once, and not of what may still be read', () => {
    const feed = new Feed({ topic: 't', partition: 0 }, 0, 1000);
    const released: number[] = [];
    const told = (from: number, next: number) => ({ ...chunk(from, next), release: () => void released.push(from) });
    for (const from of [0, 5, 10]) feed.add(told(from, from + 5));
    feed.release(4);
    expect(released).toEqual([]);
    feed.release(5);
    feed.release(6);
    expect(released).toEqual([0]);
    feed.giveUp();
    expect(released).toEqual([0]);
  });

  it('begins elsewhere when another offset is wanted: what is under way is of no use then', () => {
    const feed = new Feed({ topic: 't', partition: 0 }, 0, 1000);
    feed.add(chunk(0, 5));
    feed.add(chunk(5, 9));
    expect(feed.at(5)).toBeDefined();
    expect(feed.at(2)).toBeUndefined();
    expect(feed).toMatchObject({ position: 2, epoch: 1, byteLength: 0 });
  });

  it('takes an offset for as large as lately: aborted records, which take nothing, are no measure', () => {
    const feed = new Feed({ topic: 't', partition: 0 }, 0, 1000);
    feed.measured(10, 10_000);
    feed.measured(10, 0);
    expect(feed.bytesPerOffset).toBe(900);
    feed.measured(10, 20_000);
    expect(feed.bytesPerOffset).toBe(2000);
  });
});
