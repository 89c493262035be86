/** Writes spec/golden/exports.json anew: `npm run exports:update`. The difference is for the review and the changelog. */
import { writeFileSync } from 'node:fs';
import { exportedNames } from './entry-points.js';

writeFileSync('spec/golden/exports.json', JSON.stringify(await exportedNames(), null, 2) + '\n');
