/** Writes docs/differences.md from the list of agreed differences: `npm run docs:differences`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesPage } from './differences-page.js';
import { Differences } from './differences.js';

const root = join(import.meta.dirname, '../..');
const differences = Differences.read(join(root, 'spec/golden/differences.json'));
writeFileSync(join(root, 'docs/differences.md'), differencesPage(differences));
