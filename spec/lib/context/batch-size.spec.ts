import { BatchSize } from '../../../lib/context/batch-size.js';

const most = { all: false, rows: 1 << 20, bytes: 32 << 20 };

describe('BatchSize', () => {
  it('begins small and grows at most fourfold, up to what the engine allows', () => {
    const size = new BatchSize(2000, most);
    const rows = Array.from({ length: 7 }, () => {
      const before = size.limit.rows;
      size.measured(0, true);
      return before;
    });
    expect(rows).toEqual([1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 1_048_576]);
    expect(size.limit).toEqual(most);
  });

  it('shrinks at most sixteenfold, down to a row', () => {
    const size = new BatchSize(1, most);
    const rows = Array.from({ length: 4 }, () => {
      const before = size.limit.rows;
      size.measured(1e9, false);
      return before;
    });
    expect(rows).toEqual([1024, 64, 4, 1]);
    for (let i = 0; i < 10; i++) size.measured(1e9, true);
    expect(size.limit).toEqual({ all: false, rows: 1, bytes: 32 });
  });

  it('bytes go along with rows', () => {
    const size = new BatchSize(1000, most);
    size.measured(500, true);
    expect(size.limit).toEqual({ all: false, rows: 2048, bytes: 64 << 10 });
  });

  it('does not grow after a batch that held less than it might', () => {
    const size = new BatchSize(1000, most);
    size.measured(1, false);
    expect(size.limit.rows).toBe(1024);
  });
});
