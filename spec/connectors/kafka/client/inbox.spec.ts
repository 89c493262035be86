import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { BufferPool } from '../../../../connectors/kafka/buffer-pool.js';
import { Inbox } from '../../../../connectors/kafka/client/inbox.js';
import { receive } from './receive.js';

const inboxOf = (buffers = new BufferPool()) => {
  const traffic = { bytesIn: 0, bytesOut: 0, connects: 0, buffers };
  const inbox = new Inbox(traffic);
  const answers: Buffer[] = [];
  inbox.onAnswer = (payload) => void answers.push(payload);
  return { inbox, answers, traffic };
};

const framed = (payload: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

describe('Inbox', () => {
  it('gives what was sent, whatever its sizes and those in which it comes', () => {
    const size = fc.oneof(fc.integer({ min: 4, max: 300 }), fc.integer({ min: 100_000, max: 700_000 }));
    const pieces = fc.oneof(
      fc.integer({ min: 1, max: 50 }).map((n) => n * 4001),
      fc.constant(Infinity),
    );
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 6 }), pieces, (sizes, most) => {
        const { inbox, answers, traffic } = inboxOf();
        const sent = sizes.map((length) => randomBytes(length));
        const all = Buffer.concat(sent.map(framed));
        receive(inbox, all, most);
        expect(answers.map((it, i) => it.equals(sent[i]!))).toEqual(sent.map(() => true));
        expect(traffic.bytesIn).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it('receives a large answer where it stays', () => {
    const { inbox, answers } = inboxOf();
    const sent = framed(randomBytes(1_000_000));
    receive(inbox, sent.subarray(0, 200_000));
    const { room } = inbox;
    receive(inbox, sent.subarray(200_000));
    expect(room.buffer).toBe(answers[0]!.buffer);
  });

  it('does not take lengths that no broker sends, the least of all at first', () => {
    const lengthOf = (length: number): number[] => {
      const { inbox } = inboxOf();
      const bad: number[] = [];
      inbox.onBadLength = (found) => void bad.push(found);
      const bytes = Buffer.alloc(8);
      bytes.writeInt32BE(length);
      receive(inbox, bytes);
      receive(inbox, bytes);
      return bad;
    };
    expect([3, -1, (1 << 20) + 1].map(lengthOf)).toEqual([[3], [-1], [(1 << 20) + 1]]);
    expect([4, 1 << 20].map(lengthOf)).toEqual([[], []]);
  });

  it('receives in memory that is given back, and only in that', () => {
    const buffers = new BufferPool();
    const { inbox, answers } = inboxOf(buffers);
    const [first, second, third] = [1, 2, 3].map((byte) => Buffer.alloc(500_000, byte));
    receive(inbox, framed(first!));
    receive(inbox, framed(second!));
    buffers.give(answers[0]!.subarray(5, 9));
    receive(inbox, framed(third!));
    expect(answers[2]!.buffer).toBe(answers[0]!.buffer);
    expect([answers[1]!.equals(second!), answers[2]!.equals(third!)]).toEqual([true, true]);
  });
});

describe('BufferPool', () => {
  it('takes back what it has lent, once', () => {
    const pool = new BufferPool();
    const lent = pool.take(300_000);
    pool.give(lent);
    pool.give(lent);
    expect(pool.take(300_000).buffer).toBe(lent.buffer);
    expect(pool.take(300_000).buffer).not.toBe(lent.buffer);
  });

  it('takes nothing that is not its own', () => {
    const pool = new BufferPool();
    const own = Buffer.allocUnsafeSlow(1 << 20);
    pool.give(own);
    expect(pool.take(1 << 20).buffer).not.toBe(own.buffer);
  });

  it('gives nothing that is twice as large as is needed, or more', () => {
    const pool = new BufferPool();
    const large = pool.take(2 << 20);
    pool.give(large);
    expect(pool.take(1 << 20).buffer).not.toBe(large.buffer);
    expect(pool.take((1 << 20) + 1).buffer).toBe(large.buffer);
  });

  it('keeps 24 MiB at most', () => {
    const pool = new BufferPool();
    const lent = Array.from({ length: 12 }, () => pool.take(4 << 20));
    for (const each of lent) pool.give(each);
    const known = new Set(lent.map(({ buffer }) => buffer));
    const again = lent.map(() => pool.take(4 << 20));
    expect(again.filter(({ buffer }) => known.has(buffer))).toHaveLength(6);
  });
});
