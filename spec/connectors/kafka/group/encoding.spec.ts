import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../../connectors/kafka/group/encoding.js';

const topics = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }), { maxLength: 4 });
const byTopic = topics.chain((names) =>
  fc
    .tuple(...names.map(() => fc.uniqueArray(fc.nat(100_000), { maxLength: 5 })))
    .map((lists) => new Map(names.map((name, i) => [name, lists[i] ?? []]))),
);
const subscription = fc.record({
  topics,
  owned: byTopic,
  generation: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  partitions: byTopic,
  asks: fc.nat(),
});

describe('what members say', () => {
  it('is what is read back, and what kafkajs reads', () => {
    fc.assert(
      fc.property(subscription, (said) => {
        const encoded = encodeSubscription(said);
        expect(decodeSubscription(encoded)).toEqual(said);
        const { version, topics } = AssignerProtocol.MemberMetadata.decode(encoded)!;
        expect({ version, topics }).toEqual({ version: 2, topics: said.topics });
      }),
    );
  });

  it('is understood when it comes from another client', () => {
    const userData = Buffer.from('no JSON');
    const encoded = AssignerProtocol.MemberMetadata.encode({ version: 0, topics: ['a', 'b'], userData });
    expect(decodeSubscription(encoded)).toEqual({
      topics: ['a', 'b'],
      owned: new Map(),
      generation: -1,
      partitions: new Map(),
      asks: 0,
    });
  });
});

describe('what the leader says', () => {
  it('is what is read back, and what kafkajs reads', () => {
    fc.assert(
      fc.property(byTopic, byTopic, (given, known) => {
        const encoded = encodeAssignment(given, known);
        expect(decodeAssignment(encoded)).toEqual({ given, known });
        const { version, assignment } = AssignerProtocol.MemberAssignment.decode(encoded)!;
        expect({ version, assignment }).toEqual({ version: 1, assignment: Object.fromEntries(given) });
      }),
    );
  });

  it('may be nothing, or of another client', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual({ given: new Map(), known: undefined });
    const encoded = AssignerProtocol.MemberAssignment.encode({
      version: 0,
      assignment: { a: [1] },
      userData: Buffer.from('{"known":3}'),
    });
    expect(decodeAssignment(encoded)).toEqual({ given: new Map([['a', [1]]]), known: undefined });
  });
});
