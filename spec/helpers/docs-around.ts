/** What the code in the docs has around it without saying so. Only its types are looked at. */
import type { Sink } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { Pipeline } from '../../lib/testing/index.js';

export { readFileSync } from 'node:fs';

interface Order {
  id: number;
  shop: string;
  amount: number;
  at: Date;
}

/** Where a block leaves something out: `…`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it fits everywhere
export declare const anything: any;
export type Row = Record<string, unknown>;
export type Offset = number;
export declare const latest: Offset;
export declare const pollAfter: number;
export declare const ended: boolean;
export declare const cut: boolean;
export declare const metrics: Record<string, number>;
export declare const bootstrapServers: string;
export declare const flow$: Flow;
export declare const orders$: Flow<Order>;
export declare const mailSink: Sink<Order>;
export declare const impressions$: Flow<{ id: number; at: Date }>;
export declare const clicks$: Flow<{ id: number; at: Date }>;
export declare const actions$: Flow<{ user: string; at: Date; does: 'add' | 'remove' | 'order'; item: string | null }>;
export declare const pipeline: Pipeline<{ at: Date }, { start: Date; n: number }>;
export declare const noon: (minute: number) => Date;
