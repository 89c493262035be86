// Type-aware lint for the TypeScript sources. Layout of the text is prettier's business, not eslint's.
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Time and asynchrony reach an operator through the scheduler and the stream, so that marbles can drive all of it. */
const clockGlobals = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'performance',
];

const clockMessage = 'operators take time from the scheduler of the query context.';
const promiseMessage =
  'operators use no promises: virtual time cannot drive them (only operators/map-rows-async.ts may).';

const noClock = clockGlobals.map((name) => ({ name, message: clockMessage }));
const noClockSyntax = [
  { selector: "MemberExpression[object.name='process'][property.name='nextTick']", message: clockMessage },
];
const noPromiseSyntax = [
  { selector: ':function[async=true]', message: promiseMessage },
  { selector: 'AwaitExpression', message: promiseMessage },
  { selector: 'ForOfStatement[await=true]', message: promiseMessage },
  { selector: 'ImportExpression', message: promiseMessage },
];
const globalObject = { checkGlobalObject: true };

export default defineConfig(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**', '.cache/**', 'samples/out/**', 'samples/data/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^rxjs/(internal|src|dist)(/|$)', message: 'Only the public face of rxjs.' },
            { regex: '^rxjs/operators$', message: "Import operators from 'rxjs'." },
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A method that answers a promise by contract need not await anything.
      '@typescript-eslint/require-await': 'off',
      // With noUncheckedIndexedAccess a tight loop over a typed array says `values[i]!`.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['lib/**/*.ts', 'operators/**/*.ts', 'connectors/**/*.ts'],
    ignores: ['connectors/console/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['operators/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { globals: [...noClock, { name: 'Promise', message: promiseMessage }], ...globalObject },
      ],
      'no-restricted-syntax': ['error', ...noClockSyntax, ...noPromiseSyntax],
    },
  },
  {
    // The one place where a user's function may be asynchronous.
    files: ['operators/map-rows-async.ts'],
    rules: {
      'no-restricted-globals': ['error', { globals: noClock, ...globalObject }],
      'no-restricted-syntax': ['error', ...noClockSyntax],
    },
  },
  {
    // Specs look at what was parsed, printed and thrown, which has no type.
    files: ['spec/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // A value of a type test is there for its type.
    files: ['spec/types/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-vars': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', process: 'readonly' },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
