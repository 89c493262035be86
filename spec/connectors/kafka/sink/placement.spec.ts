import fc from 'fast-check';
import { createPartitioner } from './kafkajs-partitioner.js';
import { messagesOf } from '../../../../connectors/kafka/sink/columns.js';
import { type PlacementSettings, place } from '../../../../connectors/kafka/sink/placement.js';
import { Table } from '../../../../lib/columns/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';

interface Row {
  readonly value: string;
  readonly key?: string | null;
  readonly topic?: string | null;
  readonly partition?: number | null;
}

const schema = parseDdl('value STRING, key STRING, topic STRING, partition INT');

/** What each partition gets: `topic-partition` and the values, in order. */
async function placed(
  rows: readonly Row[],
  settings: Partial<PlacementSettings> = {},
  counts: Readonly<Record<string, number>> = {},
  id = 0,
): Promise<Record<string, string[]>> {
  const messages = messagesOf(Table.fromRows(rows, schema), settings.topic !== undefined, 0);
  const usual = { topic: undefined, partitioner: undefined, stickyBytes: 1 << 20 };
  const lanes = await place(id, messages, { ...usual, ...settings }, (topic) => Promise.resolve(counts[topic] ?? 4));
  return Object.fromEntries(
    lanes.map(({ partition, rows: places, topic }) => [
      `${topic}-${partition}`,
      Array.from(places, (i) => rows[i]!.value),
    ]),
  );
}

describe('the partition of a row', () => {
  it('is that of its key, as other clients choose it', async () => {
    const rows = fc.array(fc.record({ value: fc.string(), key: fc.string() }), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 12 }), async (all, partitions) => {
        const theirs = createPartitioner(partitions);
        const expected: Record<string, string[]> = {};
        for (const { key, value } of all) (expected[`t-${theirs(key)}`] ??= []).push(value);
        expect(await placed(all, { topic: 't' }, { t: partitions })).toEqual(expected);
      }),
    );
  });

  it('is what its column says, before anything else', async () => {
    const rows = [
      { value: 'a', key: 'k', partition: 3 },
      { value: 'b', key: 'k', partition: 0 },
      { value: 'c', key: 'k', partition: 3 },
    ];
    const partitioner = (): number => 1;
    expect(await placed(rows, { topic: 't', partitioner })).toEqual({ 't-0': ['b'], 't-3': ['a', 'c'] });
    const open = [...rows, { value: 'd', key: 'k', partition: null }];
    expect(await placed(open, { topic: 't', partitioner })).toEqual({ 't-0': ['b'], 't-1': ['d'], 't-3': ['a', 'c'] });
  });

  it('is what a function says, which gets key, value, number of partitions and topic', async () => {
    const seen: unknown[][] = [];
    const partitioner = (...given: unknown[]): number => seen.push(given) - 1;
    const rows = [
      { value: 'a', key: 'k' },
      { value: 'b', key: null },
    ];
    expect(await placed(rows, { topic: 't', partitioner })).toEqual({ 't-0': ['a'], 't-1': ['b'] });
    expect(seen).toEqual([
      ['k', 'a', 4, 't'],
      [null, 'b', 4, 't'],
    ]);
  });

  it('without a key, is one after the other, each filled', async () => {
    const rows = Array.from({ length: 6 }, (_, i) => ({ value: `${i}`.repeat(90) }));
    const firsts = async (id: number): Promise<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(await placed(rows, { topic: 't', stickyBytes: 200 }, {}, id)).map(([name, values]) => [
          name,
          values.map(([digit]) => digit).join(''),
        ]),
      );
    expect(await firsts(0)).toEqual({ 't-0': '01', 't-1': '23', 't-2': '45' });
    expect(await firsts(7)).toEqual({ 't-3': '01', 't-0': '23', 't-1': '45' });
  });

  it('is one of its topic', async () => {
    const rows = fc.array(fc.record({ value: fc.string(), topic: fc.constantFrom('a', 'b', 'ключ') }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const expected: Record<string, string[]> = {};
        for (const { topic, value } of all) (expected[`${topic}-0`] ??= []).push(value);
        expect(await placed(all, {}, { a: 1, b: 1, ключ: 1 })).toEqual(expected);
      }),
    );
    const mixed = [
      { value: 'x', key: 'k', topic: 'a' },
      { value: 'y', key: 'k', topic: 'b' },
    ];
    const [a, b] = [createPartitioner(3), createPartitioner(7)].map((theirs) => theirs('k'));
    expect(await placed(mixed, {}, { a: 3, b: 7 })).toEqual({ [`a-${a}`]: ['x'], [`b-${b}`]: ['y'] });
  });

  it('has to be there', async () => {
    const named = placed(
      [{ value: 'a' }, { value: 'b', partition: 4 }].map((row) => ({ partition: 0, ...row })),
      {
        topic: 't',
      },
    );
    await expect(named).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      details: { row: 1, topic: 't', partition: 4, partitions: 4 },
      // Who copies a topic has the partitions of the other one in this column.
      message: expect.stringMatching(/its column says\. .* 0 to 3\. Where the column 'partition' is left out/),
    });
    for (const wrong of [-1, 4, 0.5, NaN]) {
      const chosen = placed([{ value: 'a' }], { topic: 't', partitioner: () => wrong });
      await expect(chosen).rejects.toMatchObject({ code: 'TYPE_MISMATCH', details: { row: 0 } });
    }
  });

  it('is asked for again when a row names one that was not known', async () => {
    const asked: [string, number][] = [];
    const messages = messagesOf(Table.fromRows([{ value: 'a', partition: 5 }], schema), true, 0);
    const settings = { topic: 't', partitioner: undefined, stickyBytes: 1 };
    const count = (topic: string, atLeast: number): Promise<number> => {
      asked.push([topic, atLeast]);
      return Promise.resolve(8);
    };
    const [lane] = await place(0, messages, settings, count);
    expect(lane).toMatchObject({ topic: 't', partition: 5 });
    expect(asked).toEqual([['t', 6]]);
  });

  it('needs a topic', async () => {
    const rows = [
      { value: 'a', topic: 't' },
      { value: 'b', topic: null },
    ];
    await expect(placed(rows)).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      details: { row: 1, condition: 'KAFKA_NULL_TOPIC_IN_DATA' },
    });
  });

  it('cannot be told when the partitioner throws', async () => {
    const partitioner = (): never => {
      throw new Error('no idea');
    };
    await expect(placed([{ value: 'a' }], { topic: 't', partitioner })).rejects.toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      details: { row: 0 },
    });
  });
});
