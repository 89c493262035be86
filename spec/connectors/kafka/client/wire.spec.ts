import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { Api } from '../../../../connectors/kafka/client/protocol/api.js';
import { isFlexible, versionFor } from '../../../../connectors/kafka/client/protocol/api.js';
import { Reader, WireError, Writer, byTopic } from '../../../../connectors/kafka/client/protocol/wire.js';

const safe = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const any = fc.record({
  small: fc.integer({ min: -128, max: 127 }),
  short: fc.integer({ min: -32768, max: 32767 }),
  int: fc.integer(),
  long: fc.integer(safe),
  big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  text: fc.string({ unit: 'grapheme', maxLength: 200 }),
  maybe: fc.option(fc.string()),
  bytes: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 250, maxLength: 5000 })),
  list: fc.array(fc.string(), { maxLength: 200 }),
  flag: fc.boolean(),
});
type Any = typeof any extends fc.Arbitrary<infer T> ? T : never;

function written(value: Any, flexible: boolean): Buffer {
  const to = new Writer();
  to.flexible = flexible;
  to.int8(value.small).int16(value.short).int32(value.int).int64(value.long).bigint64(value.big);
  to.string(value.text).nullableString(value.maybe).bytes(Buffer.from(value.bytes));
  to.array(value.list, (text) => to.string(text).tags());
  to.bool(value.flag).nullArray().noUuid().tags();
  return Buffer.concat(to.finish());
}

function read(bytes: Buffer, flexible: boolean): Any {
  const from = new Reader(bytes);
  from.flexible = flexible;
  const out: Any = {
    small: from.int8(),
    short: from.int16(),
    int: from.int32(),
    long: from.int64(),
    big: from.bigint64(),
    text: from.string(),
    maybe: from.nullableString(),
    bytes: new Uint8Array(from.bytes()),
    list: from.array(() => {
      const text = from.string();
      from.tags();
      return text;
    }),
    flag: from.bool(),
  };
  expect(from.array(() => 0)).toEqual([]);
  expect(from.uuid()).toBe('');
  from.tags();
  return out;
}

describe('what goes over the wire', () => {
  it.each([false, true])('is read as it was written; flexible: %s', (flexible) => {
    fc.assert(fc.property(any, (value) => expect(read(written(value, flexible), flexible)).toEqual(value)));
  });

  it('is what kafkajs writes', () => {
    const load = createRequire(__filename);
    interface Encoder {
      writeInt8(value: number): Encoder;
      writeInt16(value: number): Encoder;
      writeInt32(value: number): Encoder;
      writeInt64(value: unknown): Encoder;
      writeString(value: string | null): Encoder;
      writeBytes(value: Buffer): Encoder;
      writeUVarIntBytes(value: Buffer): Encoder;
      writeUVarIntString(value: string | null): Encoder;
      writeArray(values: string[]): Encoder;
      buffer: Buffer;
    }
    const KafkajsEncoder = load('kafkajs/src/protocol/encoder.js') as new () => Encoder;
    fc.assert(
      fc.property(any, ({ small, short, int, long, big, text, maybe, bytes, list }) => {
        const theirs = new KafkajsEncoder();
        theirs.writeInt8(small).writeInt16(short).writeInt32(int).writeInt64(String(long)).writeInt64(String(big));
        theirs.writeString(text).writeString(maybe).writeBytes(Buffer.from(bytes)).writeArray(list);
        const flexible = new KafkajsEncoder().writeUVarIntString(text).writeUVarIntBytes(Buffer.from(bytes));
        const ours = new Writer();
        ours.int8(small).int16(short).int32(int).int64(long).bigint64(big);
        ours.string(text).nullableString(maybe).bytes(Buffer.from(bytes));
        ours.array(list, (it) => ours.string(it));
        ours.flexible = true;
        ours.string(text).bytes(Buffer.from(bytes));
        expect(Buffer.concat(ours.finish())).toEqual(Buffer.concat([theirs.buffer, flexible.buffer]));
      }),
    );
  });

  it.each([false, true])('is refused wherever it is cut off; flexible: %s', (flexible) => {
    fc.assert(
      fc.property(any, fc.nat(), (value, at) => {
        const whole = written(value, flexible);
        expect(() => read(whole.subarray(0, at % whole.length), flexible)).toThrow(WireError);
      }),
    );
  });

  it('is no reason to ask for memory, however long a list says that it is', () => {
    const from = new Reader(Buffer.from('7fffffff00', 'hex'));
    expect(() => from.array(() => from.int8())).toThrow(/2147483647 entries is cut off/);
  });

  it('keeps large bytes as they are, without a copy', () => {
    const large = Buffer.alloc(10_000, 1);
    const parts = new Writer().int32(1).bytes(large).int32(2).finish();
    expect(parts).toHaveLength(3);
    expect(parts[1]).toBe(large);
  });

  it('passes over what a newer broker adds', () => {
    // Two tagged fields, of 3 bytes and of none.
    const from = new Reader(Buffer.from('0200030a0b0c0100ff', 'hex'));
    from.flexible = true;
    from.tags();
    expect(from.int8()).toBe(-1);
  });
});

describe('versions', () => {
  const api: Api<never, unknown> = {
    name: 'A',
    key: 7,
    versions: [3, 5],
    flexible: 5,
    write: () => undefined,
    read: () => 0,
  };

  it.each<[number, number, number | undefined]>([
    [0, 9, 5],
    [0, 4, 4],
    [3, 3, 3],
    [0, 2, undefined],
    [6, 9, undefined],
  ])('of a broker from %i to %i: %s', (oldest, newest, version) => {
    expect(versionFor(api, new Map([[7, [oldest, newest]]]))).toBe(version);
  });

  it('that the broker does not name are not spoken', () => {
    expect(versionFor(api, new Map())).toBeUndefined();
    expect([isFlexible(api, 4), isFlexible(api, 5)]).toEqual([false, true]);
  });

  it('entries are grouped by topic in the order in which topics come', () => {
    const entries = ['b', 'a', 'b'].map((topic, partition) => ({ topic, partition }));
    expect(byTopic(entries)).toEqual([
      ['b', [entries[0], entries[2]]],
      ['a', [entries[1]]],
    ]);
  });
});
