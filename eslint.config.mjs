import tseslint from 'typescript-eslint';

const forbid = (...names) => ({
  'no-restricted-imports': ['error', { patterns: names.map((group) => ({ group: [group] })) }],
});

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.data/',
      'coverage/',
      'scripts/',
      'dashboard/vite.config.ts',
      'bench/.venv/',
      '*.mjs',
      '*.cjs',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  {
    files: ['trading/**/*.ts'],
    rules: forbid('node:*', '@temporalio/*', 'zod', 'mongoose', 'ccxt', '../*/../adapters/*'),
  },
  { files: ['workflows/**/*.ts'], rules: forbid('node:*', 'zod', 'mongoose', 'ccxt', '../adapters/*') },
);
