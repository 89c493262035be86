const { availableParallelism } = require('node:os');

/** Specs run from the TypeScript sources, compiled by swc to CommonJS, so that jest needs no flags. */
module.exports = {
  testEnvironment: 'node',
  // Our own sources are looked for first.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testSequencer: '<rootDir>/spec/helpers/long-first.cjs',
  // How many tests of a file that say `concurrent` run side by side: they mostly wait for processes of their own.
  maxConcurrency: 3,
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^sluice$': '<rootDir>/lib/index.ts',
    '^sluice/operators$': '<rootDir>/operators/index.ts',
    '^sluice/connectors$': '<rootDir>/connectors/index.ts',
    '^sluice/testing$': '<rootDir>/lib/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^fast-check$': '<rootDir>/spec/helpers/fast-check.ts',
  },
  // Longer where properties are tried more often.
  testTimeout: 20_000 * Number(process.env.SLUICE_RUNS ?? 1),
  // Many specs wait for others: one worker, which is jest's choice for two cores, would be idle half of the time. Shared
  // machines of CI report more cores than they give.
  maxWorkers: process.env.CI ? 2 : Math.max(2, availableParallelism() - 1),
};
