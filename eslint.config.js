import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which packages each package may import: the one direction of docs/architecture.md. */
const mayImport = {
  ros: [],
  line: ['ros'],
  bridges: ['ros'],
  ros1: ['ros'],
  turtlesim: ['ros'],
  agent: ['ros', 'line', 'bridges', 'ros1', 'turtlesim'],
  server: ['ros', 'line', 'bridges'],
  client: ['ros', 'line'],
  testing: ['ros', 'line'],
};
const all = [...Object.keys(mayImport), 'cli'];

/** Packages that run in browsers too: no Node built-ins, no process. */
const isomorphic = ['ros', 'line', 'client'];

const directionRules = Object.entries(mayImport).map(([name, allowed]) => ({
  files: [`packages/${name}/src/**/*.ts`],
  ignores: ['**/*.test.ts', '**/*.fixture.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: all
              .filter((other) => other !== name && !allowed.includes(other))
              .map((other) => `@longline/${other}`),
            message: `Imports point one way: ${name} may import ${allowed.join(', ') || 'no other package'} (docs/architecture.md).`,
          },
          { group: ['**/packages/**', '../../*/src/**'], message: 'Import another package by its name.' },
          ...(isomorphic.includes(name) ? [{ group: ['node:*', 'ws'], message: `${name} runs in browsers too.` }] : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/node_modules/**', '**/dist/**', 'site/**', '**/fixtures/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // An interface keeps its name in messages and reference pages, where an alias of an inferred type is spelt out.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.test.ts', 'packages/testing/**/*.ts', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', setTimeout: 'readonly' } },
  },
  {
    files: ['examples/browser/*.js'],
    languageOptions: { globals: { document: 'readonly', location: 'readonly' } },
  },
  ...directionRules,
);
