/**
 * What specs get for `fast-check`: the same, with draws as the environment wants them.
 *
 *   SLUICE_SEED=1    the same draws each time, as in CI, where what was broken before should not fail a change
 *   SLUICE_RUNS=50   so many times as many, for properties that name no seed: `npm run test:properties`
 */
import type * as FastCheck from 'fast-check';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(__filename);
const folder = dirname(require.resolve('fast-check/package.json'));
// By its path: its name leads here.
const real = require(join(folder, 'lib/cjs/fast-check.js')) as typeof FastCheck;

const [seed, times] = [Number(process.env['SLUICE_SEED']), Number(process.env['SLUICE_RUNS'] ?? 1)];
if (seed > 0) real.configureGlobal({ ...real.readConfigureGlobal(), seed });

const assert: typeof real.assert = (property, options) =>
  real.assert(
    property,
    options?.seed === undefined ? { ...options, numRuns: (options?.numRuns ?? 100) * times } : options,
  ) as never;

const exported = { ...real, assert, __esModule: true };
module.exports = { ...exported, default: exported };
