import { z } from 'zod';

/** How many tests ended how. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Before anything ran. */
export const noTests: TestCounts = { passed: 0, failed: 0, skipped: 0 };

/** Both together. */
export function addCounts(one: TestCounts, other: TestCounts): TestCounts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numFailedTestSuites: z.number(),
  success: z.boolean(),
});

/** Reads vitest's JSON report. A file that could not even be collected has no failed test: it counts as one. */
export function countVitest(text: string): TestCounts {
  const report = vitestReport.parse(JSON.parse(text));
  const failed =
    report.numFailedTests === 0 && !report.success ? Math.max(1, report.numFailedTestSuites) : report.numFailedTests;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()).default([]),
});

/** Reads Playwright's JSON report. A flaky test passed in the end; an error outside any test counts as a failure. */
export function countPlaywright(text: string): TestCounts {
  const { stats, errors } = playwrightReport.parse(JSON.parse(text));
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
}
