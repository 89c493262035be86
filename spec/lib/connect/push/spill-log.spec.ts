import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpillLog } from '../../../../lib/connect/push/spill-log.js';
import { failAt } from '../../../../lib/testing/crash.js';
import { tempDir } from '../../../helpers/temp-dir.js';

const bytesOf = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const textsOf = async (log: SpillLog, from: number, rows = Infinity, bytes = Infinity): Promise<string[]> =>
  (await log.read(from, { rows, bytes })).map(String);
const segments = (dir: string): string[] => readdirSync(dir).filter((name) => name.endsWith('.spill'));

describe('SpillLog', () => {
  it('gives back what was appended, from anywhere, also after it was opened again', async () => {
    const dir = tempDir();
    let log = await SpillLog.open(dir, 1 << 20);
    await log.append(bytesOf('a', '', 'c'));
    await log.append(bytesOf('d'));
    expect([log.first, log.end]).toEqual([0, 4]);
    expect(await textsOf(log, 0)).toEqual(['a', '', 'c', 'd']);
    expect(await textsOf(log, 2)).toEqual(['c', 'd']);
    expect(await textsOf(log, 1, 2)).toEqual(['', 'c']);
    expect(await textsOf(log, 4)).toEqual([]);
    await log.close();
    log = await SpillLog.open(dir, 1 << 20);
    expect(await textsOf(log, 3)).toEqual(['d']);
    await log.append(bytesOf('e'));
    expect(await textsOf(log, 3)).toEqual(['d', 'e']);
    await log.close();
  });

  it('stops at so many bytes, one record at least', async () => {
    const log = await SpillLog.open(tempDir(), 1 << 20);
    await log.append(bytesOf('aaaa', 'bb', 'cc', 'dd'));
    expect(await textsOf(log, 0, 9, 1)).toEqual(['aaaa']);
    expect(await textsOf(log, 0, 9, 6)).toEqual(['aaaa', 'bb']);
    expect(await textsOf(log, 2, 9, 4)).toEqual(['cc', 'dd']);
    await log.close();
  });

  it('lets go of whole segments, and with `all` of the last', async () => {
    const dir = tempDir();
    let log = await SpillLog.open(dir, 20);
    for (const text of ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd']) await log.append(bytesOf(text));
    expect(segments(dir)).toHaveLength(4);
    expect(log.bytes).toBe(segments(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0));
    await log.trim(2);
    expect([log.first, segments(dir).length]).toEqual([2, 2]);
    expect(await textsOf(log, 2)).toEqual(['cccccccc', 'dddddddd']);
    await log.trim(3, true);
    expect(log.first).toBe(3);
    await log.trim(4, true);
    expect([log.first, log.end, segments(dir).length]).toEqual([4, 4, 1]);
    await log.close();
    // Numbers go on where they were: offsets in checkpoints name them.
    log = await SpillLog.open(dir, 20);
    expect([log.first, log.end]).toEqual([4, 4]);
    await log.append(bytesOf('e'));
    expect(await textsOf(log, 4)).toEqual(['e']);
    await log.close();
  });

  it('cuts off what a crash tore, at every byte', async () => {
    const dir = tempDir();
    const log = await SpillLog.open(dir, 1 << 20);
    await log.append(bytesOf('first', 'second'));
    const whole = log.bytes;
    await log.append(bytesOf('third'));
    await log.close();
    const path = join(dir, segments(dir)[0]!);
    const content = readFileSync(path);
    for (let cut = whole; cut < content.length; cut++) {
      writeFileSync(path, content);
      truncateSync(path, cut);
      const again = await SpillLog.open(dir, 1 << 20);
      expect([cut, again.end, await textsOf(again, 0)]).toEqual([cut, 2, ['first', 'second']]);
      await again.append(bytesOf('new'));
      expect(await textsOf(again, 2)).toEqual(['new']);
      await again.close();
    }
    writeFileSync(path, Buffer.concat([content.subarray(0, whole), Buffer.alloc(700)]));
    const again = await SpillLog.open(dir, 1 << 20);
    expect([again.end, again.bytes]).toEqual([2, whole]);
    await again.close();
  });

  it('refuses what was changed', async () => {
    const dir = tempDir();
    const log = await SpillLog.open(dir, 1 << 20);
    await log.append(bytesOf('first', 'second'));
    await log.append(bytesOf('third'));
    await log.close();
    const path = join(dir, segments(dir)[0]!);
    const content = readFileSync(path);
    for (const at of [0, 12, 16 + 5, content.length - 1]) {
      const changed = Buffer.from(content);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      await expect(SpillLog.open(dir, 1 << 20)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    }
    writeFileSync(path, content);
    const again = await SpillLog.open(dir, 1 << 20);
    writeFileSync(path, Buffer.concat([content.subarray(0, 22), Buffer.from('X'), content.subarray(23)]));
    await expect(again.read(0, { rows: 9, bytes: 9 })).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    await again.close();
  });

  it('belongs to one owner', async () => {
    const dir = tempDir();
    const log = await SpillLog.open(dir, 1 << 20);
    await expect(SpillLog.open(dir, 1 << 20)).rejects.toMatchObject({
      code: 'CHECKPOINT_IN_USE',
      message: expect.stringContaining('The spill directory') as unknown,
    });
    await log.close();
    await (await SpillLog.open(dir, 1 << 20)).close();
  });

  it('says what the disk says', async () => {
    const dir = tempDir();
    const log = await SpillLog.open(dir, 1 << 20);
    const undo = failAt({ step: 'sync', path: /\.spill$/ }, 'ENOSPC');
    await expect(log.append(bytesOf('a'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    undo();
    expect(log.end).toBe(0);
    await log.close();
  });
});
