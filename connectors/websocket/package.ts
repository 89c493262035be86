import type * as Ws from 'ws';
import { missingPackage } from '../../lib/errors/missing-package.js';

/** The optional package `ws`, loaded when it is first needed. Throws MISSING_PACKAGE. */
export async function loadWs(): Promise<typeof Ws> {
  try {
    return await import('ws');
  } catch (error) {
    throw missingPackage(error, 'WebSockets need', 'ws');
  }
}
