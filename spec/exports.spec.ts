import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportedNames } from './golden/entry-points.js';

/** What the package exports is a promise: a name that comes or goes is to be seen in a diff of the golden file. */
describe('what the entry points export', () => {
  it('is what the golden file lists (after a wanted change: npm run exports:update)', async () => {
    const golden: unknown = JSON.parse(readFileSync(join(process.cwd(), 'spec/golden/exports.json'), 'utf8'));
    expect(await exportedNames()).toEqual(golden);
  });
});
