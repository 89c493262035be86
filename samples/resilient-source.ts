/** A service that fails in the middle, an archive that takes over, and the return: each order once. */
import { startQuery } from 'sluice';
import { defineSource, fileSource, memorySink } from 'sluice/connectors';
import { checkpoint, fallback, retryWithBackoff, select, trigger } from 'sluice/operators';
import { data, workspace } from './workspace.js';

interface Order {
  id: number;
  shop: string;
  amount: number;
}

/** Stands for a service that is away for a while: from the order 104 on it fails four times. */
let failures = 4;
async function fetchOrders(from: number, to: number): Promise<Order[]> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (to > 104 && failures-- > 0) throw new Error('503 Service Unavailable');
  return Array.from({ length: to - from }, (_, i) => ({ id: from + i, shop: 'Oslo', amount: 12.5 * i }));
}

const service$ = defineSource<Order, number>({
  op: 'orderService',
  name: 'service',
  schema: 'id LONG, shop STRING, amount DOUBLE',
  supports: { replay: true },
  open: () => ({
    initial: () => 100,
    latest: (start) => Math.min(110, start + 2),
    read: fetchOrders,
    status: () => ({ ended: true }),
  }),
});

const archive$ = fileSource<Order>({
  name: 'archive',
  format: 'csv',
  path: data('orders'),
  header: true,
  schema: 'id LONG, shop STRING, amount DOUBLE, at TIMESTAMP' as never,
  maxFilesPerTrigger: 1,
}).pipe(select('id', 'shop', 'amount'));

const at = workspace('resilient-source');
const orders$ = fallback(
  service$.pipe(retryWithBackoff({ maxRetries: 1, initial: '20 ms' })), // two tries, and then the archive
  archive$,
  { returnAfter: '250 ms' },
).pipe(trigger({ processingTime: '50 ms' }), checkpoint(at('checkpoint')));

const orders = memorySink<Order>({ queryName: 'orders' });
const query = startQuery({ from: orders$, to: orders });
query.progress$.subscribe(({ batchId, sources: [choice, source] }) => {
  const [before, now] = [choice!.startOffset, choice!.endOffset] as { on: string }[];
  if (before!.on !== now!.on) console.log(`${before!.on} -> ${now!.on}`, choice!.metrics);
  console.log(`batch ${batchId}: ${source!.numInputRows} rows of ${source!.description}`);
});
await query.awaitTermination();

const ids = new Set(orders.rows.map(({ id }) => id));
const once = ids.size === 20 && orders.rows.length === 20;
console.log(once ? 'Every order once.' : `${orders.rows.length} orders, ${ids.size} of them different`);
if (!once) process.exitCode = 1;
