import { defineConfig } from 'vitest/config';
import { SkippedTests } from './scripts/SkippedTests.ts';

export default defineConfig({
  resolve: { conditions: ['@longline/source'] },
  ssr: { resolve: { conditions: ['@longline/source', 'node'] } },
  test: {
    reporters: ['default', new SkippedTests()],
    include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts', 'fuzz/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    execArgv: ['--conditions=@longline/source'],
  },
});
