import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointLog, readState } from '../../../lib/checkpoint/index.js';
import { runCommand } from '../../../lib/command/index.js';
import { columnFrom } from '../../../lib/columns/index.js';
import { parseDdl } from '../../../lib/schema/index.js';
import { type BackedStore, type StoreLayout, keyCodec } from '../../../lib/state/index.js';
import { tempDir } from '../../helpers/temp-dir.js';

const layout: StoreLayout = {
  name: 'totals',
  operator: 'aggregate',
  key: parseDdl('shop STRING, w STRUCT<start: TIMESTAMP, end: TIMESTAMP>'),
  value: parseDdl('n BIGINT, total DECIMAL(12,2), last DATE'),
  settings: { delay: 600_000 },
};
const keys = keyCodec(layout.key.fields.map((f) => f.type));
const keyOf = (shop: string | null): string =>
  keys.of(
    [
      columnFrom(layout.key.fields[0]!.type, [shop]),
      columnFrom(layout.key.fields[1]!.type, [{ start: new Date(0), end: new Date(300_000) }]),
    ],
    1,
  )[0]!;

/** Runs batches that each count one more in a shop; gives the log and the store, still open. */
async function run(dir: string, state: 'memory' | 'lmdb', batches: number): Promise<() => Promise<void>> {
  const log = new CheckpointLog(dir, { segmentBytes: 1500, minBatchesToRetain: 5, state });
  await log.open();
  const store: BackedStore = log.stores.create(layout);
  const other: BackedStore = log.stores.create({ ...layout, name: 'joined/left', operator: 'join' });
  for (let id = 0; id < batches; id++) {
    const sources = { orders: { kind: 'fileSource', start: id, end: id + 1, memory: [] } };
    await log.plan({ id, timestamp: id, watermark: id * 1000, sources });
    store.put(keyOf('a'), [BigInt(id), 150n, 19_000], 1000 * id);
    store.put(keyOf(`shop ${id}`), [2n ** 62n, null, null]);
    if (id === 0) other.put(keyOf(null), [0n, null, null]);
    const pointers = { 'store:totals': await store.write(id), 'store:joined/left': await other.write(id) };
    const changed = Object.entries(pointers).filter(([, pointer]) => pointer !== undefined);
    await log.commit({ id, watermark: (id + 1) * 1000, state: { ...Object.fromEntries(changed), cell: id } });
    store.commit();
    other.commit();
  }
  await log.plan({ id: batches, timestamp: 0, watermark: null, sources: {} });
  return async () => {
    await store.close();
    await other.close();
    await log.stores.close();
    await log.close();
  };
}

describe.each(['memory', 'lmdb'] as const)('readState of a running query, state: %s', (state) => {
  it('gives what the query knows after its last batch, and after earlier ones', async () => {
    const dir = tempDir();
    const close = await run(dir, state, 12);
    const now = await readState(dir);
    expect(now).toMatchObject({
      batchId: 11,
      plannedBatchId: 12,
      watermark: new Date(12_000),
      sources: { orders: { kind: 'fileSource', offset: 12 } },
    });
    expect(now.queryId).toMatch(/^[0-9a-f-]{36}$/);
    const [totals, left] = now.stores;
    expect(totals).toMatchObject({ name: 'totals', operator: 'aggregate', numRows: 13, settings: { delay: 600_000 } });
    expect(totals!.keySchema).toEqual(layout.key);
    expect(totals!.valueSchema).toEqual(layout.value);
    expect(left).toMatchObject({ name: 'joined/left', numRows: 1 });
    const w = { start: new Date(0), end: new Date(300_000) };
    const rows = [...totals!.rows()];
    expect(rows.find(({ key }) => key['shop'] === 'a')).toEqual({
      key: { shop: 'a', w },
      value: {
        n: 11,
        total: expect.objectContaining({ unscaled: 150n, scale: 2 }) as unknown,
        last: new Date('2022-01-08'),
      },
      expiry: 11_000,
    });
    expect(rows.find(({ key }) => key['shop'] === 'shop 3')).toEqual({
      key: { shop: 'shop 3', w },
      value: { n: 2n ** 62n, total: null, last: null },
      expiry: null,
    });
    expect([...left!.rows()][0]!.key).toEqual({ shop: null, w });
    for (const batchId of [7, 9, 10]) {
      const then = await readState(dir, { batchId, operator: 'totals' });
      expect(then).toMatchObject({ batchId, watermark: new Date((batchId + 1) * 1000) });
      expect(then.stores.map(({ name, numRows }) => [name, numRows])).toEqual([['totals', batchId + 2]]);
      const a = [...then.stores[0]!.rows()].find(({ key }) => key['shop'] === 'a');
      expect(a!.value['n']).toBe(batchId);
    }
    expect((await readState(dir, { operator: 'joined' })).stores.map(({ name }) => name)).toEqual(['joined/left']);
    await close();
  });

  it('is what the command prints', async () => {
    const dir = tempDir();
    const close = await run(dir, state, 3);
    const lines: string[] = [];
    const terminal = { out: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
    expect(await runCommand(['state', dir], terminal)).toBe(0);
    expect(lines.slice(1)).toEqual([
      'batch      2, 3 is planned',
      'watermark  1970-01-01T00:00:03.000Z',
      'source     orders (fileSource) goes on at 3',
      'store      totals (aggregate), entries: 4',
      '             key    shop STRING, w STRUCT<start: TIMESTAMP, end: TIMESTAMP>',
      '             value  n BIGINT, total DECIMAL(12,2), last DATE',
      '             delay = 600000',
      'store      joined/left (join), entries: 1',
      '             key    shop STRING, w STRUCT<start: TIMESTAMP, end: TIMESTAMP>',
      '             value  n BIGINT, total DECIMAL(12,2), last DATE',
      '             delay = 600000',
    ]);
    lines.length = 0;
    expect(await runCommand(['state', dir, '--store', 'totals', '--limit', '2', '--batch', '1'], terminal)).toBe(0);
    expect(lines).toHaveLength(2);
    const w = { start: '1970-01-01T00:00:00.000Z', end: '1970-01-01T00:05:00.000Z' };
    const parsed = lines.map((line) => JSON.parse(line) as { key: { shop: string } });
    expect(parsed.find(({ key }) => key.shop === 'a')).toEqual({
      key: { shop: 'a', w },
      value: { n: 1, total: '1.50', last: '2022-01-08T00:00:00.000Z' },
      expiry: 1000,
    });
    await close();
  });
});

describe('readState', () => {
  it('says what is not there', async () => {
    const dir = tempDir();
    await expect(readState(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    const close = await run(dir, 'memory', 2);
    await expect(readState(dir, { batchId: 5 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(readState(dir, { batch: 5 } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
    await close();
    const state = join(dir, 'state');
    rmSync(join(state, readdirSync(state)[0]!), { recursive: true });
    await expect(readState(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });

  it('is refused to a query whose state is elsewhere', async () => {
    const dir = tempDir();
    await (
      await run(dir, 'memory', 2)
    )();
    const log = new CheckpointLog(dir, { segmentBytes: 1500, minBatchesToRetain: 5, state: 'lmdb' });
    const pointer = (await log.open()).state.get('store:totals')!;
    const load = async (): Promise<unknown> => log.stores.load('totals', pointer);
    await expect(load()).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
    await log.close();
  });

  it('has a command that says how it is used, and what is wrong', async () => {
    const said: [string, string][] = [];
    const terminal = {
      out: (line: string) => said.push(['out', line]),
      error: (line: string) => said.push(['error', line]),
    };
    expect(await runCommand(['--help'], terminal)).toBe(0);
    expect(await runCommand([], terminal)).toBe(2);
    expect(await runCommand(['state', '/nowhere/at/all'], terminal)).toBe(1);
    expect(await runCommand(['state', 'x', '--limit', 'many', '--store', 's'], terminal)).toBe(1);
    expect(await runCommand(['state', 'x', '--colour'], terminal)).toBe(1);
    expect(said.map(([where]) => where)).toEqual(['out', 'error', 'error', 'error', 'error']);
    expect(said[2]![1]).toContain('PATH_NOT_FOUND');
  });
});
