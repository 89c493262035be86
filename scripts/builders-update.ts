/** Writes lib/expressions/builders from the definitions of the functions: `npm run builders:update`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { builderFiles } from './builders.js';

const dir = fileURLToPath(new URL('../lib/expressions/builders', import.meta.url));
const options = await resolveConfig(join(dir, 'index.ts'));
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir);
for (const [name, text] of builderFiles()) {
  writeFileSync(join(dir, name), await format(text, { ...options, parser: 'typescript' }));
}
