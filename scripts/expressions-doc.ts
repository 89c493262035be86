/** Writes docs/expressions.md anew from its own introduction and the definitions of the functions: `npm run docs:expressions`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expressionsPage } from './expressions-page.js';

const path = fileURLToPath(new URL('../docs/expressions.md', import.meta.url));
const intro = readFileSync(path, 'utf8').split('\n## Operators\n')[0]!;
writeFileSync(path, expressionsPage(intro));
