import type { Table } from '../lib/columns/index.js';
import { defineSource } from '../lib/connect/index.js';
import type { Flow } from '../lib/flow.js';

/** A source that has the table at hand so many times, a batch each. */
export function tables(table: Table, count: number): Flow {
  return defineSource<Record<string, unknown>, number>({
    op: 'tables',
    name: 'tables',
    schema: table.schema as never,
    supports: { replay: true },
    open: () => {
      let at = 0;
      return {
        initial: () => 0,
        latest: (start) => (at = Math.min(start + 1, count)),
        read: () => table,
        status: () => ({ ended: at >= count }),
      };
    },
  });
}
