import type * as Ws from 'ws';
import { SluiceError, systemCode } from '../../lib/errors/index.js';

/** The optional package `ws`, loaded when it is first needed. Throws MISSING_PACKAGE. */
export async function loadWs(): Promise<typeof Ws> {
  try {
    return await import('ws');
  } catch (error) {
    const missing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(systemCode(error) ?? '');
    const why = missing ? 'which is not installed' : 'which cannot be loaded';
    const message = `WebSockets need the package ws, ${why}. Install it: npm install ws`;
    throw new SluiceError('MISSING_PACKAGE', message, { cause: error, details: { package: 'ws' } });
  }
}
