/** Who may import whom. Run by `npm run check:folders`; each rule is explained where it is. */
module.exports = {
  forbidden: [
    {
      name: 'lib-stands-alone',
      comment: 'The engine knows no operator and no connector.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(operators|connectors)/' },
    },
    {
      name: 'operators-know-no-connector',
      severity: 'error',
      from: { path: '^operators/' },
      to: { path: '^connectors/' },
    },
    {
      name: 'connectors-know-no-operator',
      severity: 'error',
      from: { path: '^connectors/' },
      to: { path: '^operators/' },
    },
    {
      name: 'nothing-published-imports-specs',
      comment: 'Specs, samples and benchmarks are not in the package.',
      severity: 'error',
      from: { path: '^(lib|operators|connectors)/' },
      to: { path: '^(spec|samples|bench|scripts|dist)/' },
    },
    {
      name: 'testing-only-in-tests',
      comment: 'The testing kit is an entry point of its own; the library does not load it.',
      severity: 'error',
      from: { path: '^(lib|operators|connectors)/', pathNot: '^lib/testing/' },
      to: { path: '^lib/testing/' },
    },
    {
      name: 'no-import-by-own-name',
      comment: 'Inside the library imports are relative: by name they would escape these rules.',
      severity: 'error',
      from: { path: '^(lib|operators|connectors)/' },
      to: { dependencyTypes: ['aliased'] },
    },
    {
      name: 'no-cycle',
      comment: 'No circle anywhere. A circle that a type-only import closes is gone when the code runs, and is let be.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'rxjs-from-the-front',
      comment: "Only what 'rxjs' and its public doors export; its insides change without notice.",
      severity: 'error',
      from: {},
      to: { path: 'rxjs/.*internal/' },
    },
    {
      name: 'no-dev-dependency',
      comment: 'What the library imports is a dependency or a peer (an optional one for an optional engine).',
      severity: 'error',
      from: { path: '^(lib|operators|connectors)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
