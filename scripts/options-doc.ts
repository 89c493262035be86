/** Writes docs/options.md from the types and specs of the connectors: `npm run docs:options`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { optionsPage } from './options-page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}docs/options.md`, optionsPage(root));
