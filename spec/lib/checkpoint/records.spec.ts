import fc from 'fast-check';
import type { BatchPlan } from '../../../lib/context/index.js';
import { type LogRecord, decodeRecords, encodeRecord } from '../../../lib/checkpoint/records.js';

const plan = (id: number): LogRecord => ({
  type: 'plan',
  id,
  timestamp: 1_700_000_000_000 + id,
  watermark: null,
  sources: {
    'in "é"\n': { kind: 'fileSource', start: { file: id }, end: { file: id + 1 }, memory: ['a', { path: 'b' }] },
  },
});
const commit = (id: number): LogRecord => ({ type: 'commit', id, watermark: 5, state: { limit: id } });
const records = [plan(0), commit(0), plan(1), commit(1), plan(2)];
const lines = records.map((record) => Buffer.from(encodeRecord(record)));
const file = Buffer.concat(lines);

describe('records', () => {
  it('are read as they were written', () => {
    expect(decodeRecords(file)).toEqual({ records, length: file.length, rest: 'nothing' });
  });

  it('are one line each, that a person can read', () => {
    expect(lines[1]!.toString()).toMatch(
      /^[0-9a-f]{8} \{"type":"commit","id":0,"watermark":5,"state":\{"limit":0\}\}\n$/,
    );
  });

  it('are torn, never damaged, when the file is cut anywhere', () => {
    let whole = 0;
    let end = 0;
    for (let cut = 0; cut <= file.length; cut++) {
      while (whole < lines.length && end + lines[whole]!.length <= cut) end += lines[whole++]!.length;
      const decoded = decodeRecords(file.subarray(0, cut));
      expect(decoded).toEqual({
        records: records.slice(0, whole),
        length: end,
        rest: cut === end ? 'nothing' : 'torn',
      });
    }
  });

  it('are torn when blocks at the end never reached the disk', () => {
    const sources = { in: { kind: 'fileSource', start: null, end: 'x'.repeat(3000), memory: [] } };
    const long = Buffer.from(encodeRecord({ ...(plan(3) as BatchPlan & { type: 'plan' }), sources }));
    const whole = Buffer.concat([file, long]);
    const start = file.length;
    const block = Math.ceil(start / 512) * 512;
    for (const [from, to] of [
      [start, block],
      [block, block + 512],
      [block + 512, block + 2048],
    ] as const) {
      const holed = Buffer.from(whole);
      holed.fill(0, from, to);
      expect(decodeRecords(holed)).toMatchObject({ length: start, rest: 'torn' });
    }
    const zeros = Buffer.concat([file, Buffer.alloc(64)]);
    expect(decodeRecords(zeros)).toMatchObject({ length: file.length, rest: 'torn' });
  });

  it('are damaged where zeros are no block: a line end that became one puts two lines together', () => {
    const end = file.length - lines[4]!.length - 1;
    const changed = Buffer.from(file);
    changed[end] = 0;
    expect(decodeRecords(changed)).toMatchObject({ rest: 'damaged', records: records.slice(0, 3) });
  });

  it('never pass when any byte of a line that is not the last was changed', () => {
    fc.assert(
      fc.property(fc.nat(file.length - lines[4]!.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(file);
        changed[at]! ^= change;
        const decoded = decodeRecords(changed);
        expect(decoded.rest).toBe('damaged');
        expect(decoded.records).toEqual(records.slice(0, decoded.records.length));
      }),
      { numRuns: 500 },
    );
  });
});
