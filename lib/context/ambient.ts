import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueryContext } from './query-context.js';
import type { QuerySession } from './session.js';

/** What is found around a subscription. */
export interface Ambient {
  readonly session?: QuerySession;
  readonly context?: QueryContext;
}

const surroundings = new AsyncLocalStorage<Ambient>();

/** What surrounds the caller; empty outside of any query. */
export const ambient = (): Ambient => surroundings.getStore() ?? {};

/** Calls `body` so that it, and whatever it starts, finds `around`. */
export const within = <T>(around: Ambient, body: () => T): T => surroundings.run(around, body);
