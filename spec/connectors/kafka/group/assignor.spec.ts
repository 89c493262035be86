import fc from 'fast-check';
import { type Candidate, type PartitionsByTopic, shareOut } from '../../../../connectors/kafka/group/assignor.js';

const member = (memberId: string, owned: Record<string, number[]> = {}, more: Partial<Candidate> = {}): Candidate => ({
  memberId,
  topics: ['t'],
  owned: new Map(Object.entries(owned)),
  generation: 1,
  ...more,
});

const topic = (partitions: number, name = 't'): PartitionsByTopic =>
  new Map([[name, Array.from({ length: partitions }, (_, i) => i)]]);

const plain = (given: ReadonlyMap<string, PartitionsByTopic>): Record<string, Record<string, readonly number[]>> =>
  Object.fromEntries([...given].map(([id, share]) => [id, Object.fromEntries(share)]));

describe('shareOut', () => {
  it('deals partitions in turns', () => {
    const { given, withheld } = shareOut([member('b'), member('a'), member('c')], topic(7));
    expect(plain(given)).toEqual({ a: { t: [0, 3, 6] }, b: { t: [1, 4] }, c: { t: [2, 5] } });
    expect(withheld).toBe(0);
  });

  it('gives a new member nothing that another may still be reading', () => {
    const first = shareOut([member('a', { t: [0, 1, 2, 3] }), member('b')], topic(4));
    expect(plain(first.given)).toEqual({ a: { t: [0, 1] }, b: {} });
    expect(first.withheld).toBe(2);

    const second = shareOut([member('a', { t: [0, 1] }), member('b')], topic(4));
    expect(plain(second.given)).toEqual({ a: { t: [0, 1] }, b: { t: [2, 3] } });
  });

  it('leaves everybody what they have when one goes', () => {
    const { given } = shareOut([member('a', { t: [1, 4] }), member('c', { t: [0, 5] })], topic(6));
    expect(plain(given)).toEqual({ a: { t: [1, 2, 4] }, c: { t: [0, 3, 5] } });
  });

  it('believes the later generation, and nobody where two have the same', () => {
    const stale = shareOut([member('a', { t: [0, 1] }, { generation: 3 }), member('b', { t: [0, 1] })], topic(2));
    expect(plain(stale.given)).toEqual({ a: { t: [0] }, b: {} });
    expect(stale.withheld).toBe(1);

    const both = shareOut([member('a', { t: [0] }), member('b', { t: [0] })], topic(1));
    expect(plain(both.given)).toEqual({ a: {}, b: {} });
    expect(both.withheld).toBe(1);
  });

  it('gives topics to those who want them alone, and evens out over topics', () => {
    const members = [member('a', {}, { topics: ['t', 'u'] }), member('b', {}, { topics: ['t'] })];
    const { given } = shareOut(members, new Map([...topic(3), ...topic(1, 'u')]));
    expect(plain(given)).toEqual({ a: { t: [0], u: [0] }, b: { t: [1, 2] } });
  });

  it('forgets what is gone, and what nobody wants', () => {
    const { given } = shareOut([member('a', { t: [0, 9], gone: [0] })], new Map([...topic(1), ...topic(2, 'other')]));
    expect(plain(given)).toEqual({ a: { t: [0] } });
  });
});

describe('a group in which members come and go', () => {
  const names = ['t', 'u', 'v'];
  const wants = fc.subarray(names, { minLength: 1 });
  const change = fc.oneof(
    fc.record({ kind: fc.constant('join' as const), topics: wants }),
    fc.record({ kind: fc.constant('die' as const), which: fc.nat() }),
    fc.record({
      kind: fc.constant('grow' as const),
      topic: fc.constantFrom(...names),
      by: fc.integer({ min: 1, max: 4 }),
    }),
  );
  const run = (changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[]): void => {
    const partitions = new Map(names.map((name, i) => [name, Array.from({ length: i * 3 + 1 }, (_, p) => p)]));
    let members: Candidate[] = [];
    let generation = 0;
    let joined = 0;

    /** One generation: everybody takes what is given, and gives up what is not. */
    const rebalance = (): { withheld: number; moved: number } => {
      generation++;
      const { given, withheld } = shareOut(members, partitions);
      let moved = 0;
      const taken = new Set<string>();
      members = members.map((candidate) => {
        const share = given.get(candidate.memberId)!;
        for (const [topic, list] of share) {
          const before = candidate.owned.get(topic) ?? [];
          for (const partition of list) {
            const key = `${topic}-${partition}`;
            expect(taken.has(key)).toBe(false);
            taken.add(key);
            expect(candidate.topics).toContain(topic);
            if (before.includes(partition)) continue;
            moved++;
            // Whoever had it until now has to have given it up.
            for (const other of members) expect(other.owned.get(topic) ?? []).not.toContain(partition);
          }
        }
        return { ...candidate, owned: share, generation };
      });
      return { withheld, moved };
    };

    let setsBefore = 0;
    for (const what of changes) {
      if (what.kind === 'join') members.push(member(`m${joined++}`, {}, { topics: what.topics, generation: -1 }));
      else if (what.kind === 'die') members.splice(what.which % Math.max(1, members.length), 1);
      else {
        const list = partitions.get(what.topic)!;
        for (let i = 0; i < what.by; i++) list.push(list.length);
      }
      if (members.length === 0) continue;
      const before = members;
      const holds = (candidate: Candidate | undefined): number =>
        [...(candidate?.owned.values() ?? [])].reduce((sum, list) => sum + list.length, 0);

      // Two rounds are enough: one to give up, one to take.
      rebalance();
      expect(rebalance().withheld).toBe(0);
      expect(rebalance()).toEqual({ withheld: 0, moved: 0 });

      for (const [topic, list] of partitions) {
        const wanting = members.filter(({ topics }) => topics.includes(topic));
        const read = wanting.flatMap(({ owned }) => owned.get(topic) ?? []).sort((a, b) => a - b);
        expect(read).toEqual(wanting.length === 0 ? [] : list);
      }
      const sets = new Map<string, string[]>();
      for (const topic of names) {
        const key = members
          .filter(({ topics }) => topics.includes(topic))
          .map(({ memberId }) => memberId)
          .join();
        sets.set(key, [...(sets.get(key) ?? []), topic]);
      }
      for (const topics of sets.values()) {
        const wanting = members.filter((candidate) => candidate.topics.includes(topics[0]!));
        const counts = wanting.map(({ owned }) => topics.reduce((sum, t) => sum + (owned.get(t)?.length ?? 0), 0));
        if (counts.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
      // With one topic set, before as after, nobody gives up more than is needed to bring the others up.
      if (sets.size === 1 && setsBefore === 1 && what.kind === 'die') {
        for (const old of before) {
          const now = members.find(({ memberId }) => memberId === old.memberId);
          for (const [topic, list] of old.owned) for (const p of list) expect(now!.owned.get(topic)).toContain(p);
          expect(holds(now)).toBeGreaterThanOrEqual(holds(old));
        }
      }
      setsBefore = sets.size;
    }
  };

  it('has every partition read by one member, evenly, and never by two', () => {
    fc.assert(fc.property(fc.array(change, { maxLength: 12 }), run), { numRuns: 100 });
  });
});
