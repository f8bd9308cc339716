import { expect, test } from 'vitest';
import { addCounts, countPlaywright, countVitest } from '../../cli/test-counts.ts';

const vitest = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  numFailedTestSuites: 0,
  success: true,
};

test('counts of a passing vitest run', () => {
  expect(countVitest(JSON.stringify(vitest))).toEqual({ passed: 5, failed: 0, skipped: 2 });
});

test('a test file that could not be loaded is a failure though no test failed', () => {
  expect(countVitest(JSON.stringify({ ...vitest, numFailedTestSuites: 2, success: false })).failed).toBe(2);
});

test('a Playwright error outside any test is a failure', () => {
  const report = { stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{ message: 'no browser' }] };
  expect(countPlaywright(JSON.stringify(report))).toEqual({ passed: 4, failed: 2, skipped: 2 });
});

test('counts add up', () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(addCounts(one, one)).toEqual({ passed: 2, failed: 4, skipped: 6 });
});
