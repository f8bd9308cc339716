import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { chromium } from './cli/embedded/system-packages.ts';

const executablePath = chromium.paths.find((path) => existsSync(path));

/** End-to-end tests: a real browser against `npm start` on ports and a state folder of their own. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  timeout: 120_000,
  // Machines that test are slow; what is fast is not slowed by waiting longer.
  expect: { timeout: 15_000 },
  // Each worker starts the whole product, once.
  workers: 1,
  forbidOnly: true,
  use: {
    browserName: 'chromium',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's own sandbox does not run as root.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
