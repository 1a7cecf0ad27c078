import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@longline/source'] },
  ssr: { resolve: { conditions: ['@longline/source', 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    execArgv: ['--conditions=@longline/source'],
  },
});
