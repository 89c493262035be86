import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, from the sources as from what is built of them. */
export const root = fileURLToPath(
  new URL(import.meta.url.includes('/.cache/') ? '../../../..' : '..', import.meta.url),
);

/** Below the checkout, where Node finds its packages; no tool looks into it. */
export const cacheDir = join(root, '.cache', 'bench');
