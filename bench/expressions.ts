import type { MicroBatch } from '../lib/batch/index.js';
import { type Table, columnFrom, Table as Columns } from '../lib/columns/index.js';
import { startQuery } from '../lib/index.js';
import { parseDdl } from '../lib/schema/index.js';
import type { Flow } from '../lib/flow.js';
import { select, where, withColumns } from '../operators/index.js';
import { orders, ordersTable } from './data.js';
import { tables } from './tables.js';

export interface ExpressionsJob {
  readonly kind: 'numbers' | 'texts' | 'json';
  /** How many rows go through, the same batch again and again. */
  readonly rows: number;
}

const batchRows = 100_000;

/** `where` and three computed columns, or `from_json`, over columns in memory, to a sink that counts. */
export function prepareExpressions({ kind, rows }: ExpressionsJob): () => Promise<number> {
  const table = kind === 'json' ? documents() : ordersTable(batchRows);
  const from = work[kind](tables(table, rows / batchRows));
  return async () => {
    let seen = 0;
    const to = {
      next: (batch: MicroBatch) => void (seen += batch.numRows),
      error: () => undefined,
      complete: () => undefined,
    };
    await startQuery({ from, to }).awaitTermination();
    if (seen === 0) throw new Error('nothing came');
    return rows;
  };
}

const work: Record<ExpressionsJob['kind'], (flow: Flow) => Flow> = {
  numbers: (flow) =>
    flow.pipe(
      where('amount > 100'),
      withColumns({ total: 'amount * qty', net: 'amount / 1.25 - qty', next: 'id + 1' }),
      select('id', 'total', 'net', 'next'),
    ),
  texts: (flow) =>
    flow.pipe(
      where("amount > 100 AND shop LIKE 'shop-%'"),
      withColumns({ place: 'upper(city)', label: "concat(shop, ' in ', city)", short: 'substring(trim(note), 1, 6)' }),
      select('id', 'place', 'label', 'short'),
    ),
  json: (flow) =>
    flow.pipe(
      withColumns({ o: "from_json(doc, 'id LONG, shop STRING, amount DOUBLE, qty INT, at TIMESTAMP, paid BOOLEAN')" }),
      select('o'),
    ),
};

function documents(): Table {
  const texts = [...orders(batchRows)].map((order) => JSON.stringify(order));
  const schema = parseDdl('doc STRING');
  return new Columns(schema, [columnFrom(schema.fields[0]!.type, texts)], texts.length);
}
