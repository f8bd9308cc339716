import { defineConfig } from 'vitest/config';

/** What is waited for comes soon, but on two busy cores not always within vitest's own second. */
const poll = { timeout: 10_000 };

const full = process.env['COUNTERSIGN_FULL_TESTS'] === '1';

/** One project per kind of test; `npm test` runs them cheap first. End-to-end tests (`*.e2e.ts`) are Playwright's. */
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'web/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        test: {
          name: 'workflow',
          include: ['test/workflow/**/*.test.ts'],
          testTimeout: 60_000,
          expect: { poll },
          hookTimeout: 120_000,
          // Each file starts a time-skipping server.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          expect: { poll },
          hookTimeout: 120_000,
          // Each file starts servers of its own; two cores do not carry two sets.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          // Programs that are installed when they are run.
          exclude: full ? [] : ['test/interop/full/**'],
          testTimeout: 120_000,
          expect: { poll },
          hookTimeout: 180_000,
          // Other people's programs, each beside a whole product.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'security',
          include: ['test/security/**/*.test.ts'],
          testTimeout: 60_000,
          expect: { poll },
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          testTimeout: 60_000,
          expect: { poll },
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
