import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWhenStale, webApps } from './build-when-stale.ts';
import { overBudget } from './bundle-budgets.ts';
import { ConfigurationError, machineEnvironment, projectRoot } from './configuration.ts';
import { chromium, bubblewrap, ensureSystemPrograms, postgres15, procps } from './embedded/system-packages.ts';
import { temporalCliPath, temporalTestServerPath } from './embedded/temporal-binary.ts';
import type { Progress } from './progress.ts';
import { preparePython } from './python-venv.ts';
import { runTool, type ToolRun } from './run-tool.ts';
import type { StopRequest } from './stop-request.ts';
import { addCounts, countPlaywright, countVitest, noTests, type TestCounts } from './test-counts.ts';

/** What `npm test -- <suite>` may name, in the order they run: cheap first. */
const suiteNames = ['checks', 'unit', 'workflow', 'integration', 'interop', 'security', 'chaos', 'e2e'] as const;

type SuiteName = (typeof suiteNames)[number];

const checks: readonly { name: string; tool: string; args: readonly string[] }[] = [
  { name: 'types', tool: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of workflows', tool: 'tsc', args: ['-p', 'workflows'] },
  { name: 'types of web', tool: 'tsc', args: ['-p', 'web'] },
  { name: 'lint', tool: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'format', tool: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'import rules',
    tool: 'depcruise',
    args: '--config .dependency-cruiser.cjs --output-type err activities api bench cli mcp-server test web workers workflows'.split(
      ' ',
    ),
  },
  { name: 'unused code', tool: 'knip', args: [] },
];

const pythonExample = join(projectRoot, 'examples', 'python-fastmcp', 'requirements.txt');

/** What `npm test` was asked to run. */
export interface TestOptions {
  /** Only these; empty is all. */
  suites: readonly string[];
  /** The long tests too, those that look at `COUNTERSIGN_FULL_TESTS`. */
  full: boolean;
}

/**
 * Installs what the tests need, runs them, and closes with one line of counts.
 *
 * @returns the exit code.
 * @throws {ConfigurationError} for a suite that does not exist.
 */
export async function runTests(options: TestOptions, progress: Progress, stop: StopRequest): Promise<number> {
  const suites = chosenSuites(options.suites);
  await prepare(suites, progress);
  const work = await mkdtemp(join(tmpdir(), 'countersign-tests-'));
  const failures: string[] = [];
  let counts = noTests;
  try {
    for (const suite of suites) {
      if (stop.requested()) break;
      progress.say(`suite: ${suite}`);
      if (suite === 'checks') failures.push(...(await runChecks(progress, stop)));
      else {
        const report = join(work, `${suite}.json`);
        const run =
          suite === 'e2e'
            ? await runPlaywright(report, options.full, stop)
            : await runVitest(suite, report, options.full, stop);
        counts = addCounts(counts, await readCounts(suite, report));
        if (run.code !== 0) failures.push(`suite ${suite}`);
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  if (stop.requested()) failures.push('stopped before the end');
  if (failures.length > 0) progress.say(`failed: ${failures.join(', ')}`);
  progress.say(failures.length === 0 ? 'all good' : 'not good');
  // Alone on the last line: continuous integration reads it.
  process.stdout.write(`Tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return failures.length === 0 && counts.failed === 0 ? 0 : 1;
}

function chosenSuites(names: readonly string[]): readonly SuiteName[] {
  const unknown = names.filter((name) => !suiteNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      unknown.map((name) => `there is no suite "${name}": choose of ${suiteNames.join(', ')}`),
    );
  }
  return names.length === 0 ? suiteNames : suiteNames.filter((known) => names.includes(known));
}

/** Fetched here once, with progress, and not in the middle of some test's timeout. */
async function prepare(suites: readonly SuiteName[], progress: Progress): Promise<void> {
  if (suites.every((suite) => suite === 'checks' || suite === 'unit')) return;
  const wanted = [
    ...[bubblewrap, procps],
    ...(suites.includes('integration') ? [postgres15] : []),
    ...(suites.includes('e2e') ? [chromium] : []),
  ];
  await ensureSystemPrograms(wanted, progress);
  if (suites.includes('interop')) await preparePython(pythonExample, progress);
  const machine = machineEnvironment();
  await progress.step('finding the Temporal CLI', () => temporalCliPath(machine, progress.say));
  if (suites.includes('workflow')) {
    await progress.step("finding Temporal's test server", () => temporalTestServerPath(machine, progress.say));
  }
}

/** Two at a time, each showing its output only when it fails. */
async function runChecks(progress: Progress, stop: StopRequest): Promise<string[]> {
  const waiting = [...checks];
  const failed: string[] = [];
  async function worker(): Promise<void> {
    for (let check = waiting.shift(); check !== undefined && !stop.requested(); check = waiting.shift()) {
      const begun = Date.now();
      const { code, output } = await runTool(check.tool, check.args, { show: false, stop });
      const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
      progress.say(
        `${code === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)${code === 0 ? '' : `\n${output.trim()}`}`,
      );
      if (code !== 0) failed.push(check.name);
    }
  }
  await Promise.all([worker(), worker()]);
  if (!stop.requested() && !(await bundlesFit(progress))) failed.push('bundle budgets');
  return failed;
}

/** What browsers load, held to its budgets: by the build's own manifest. */
async function bundlesFit(progress: Progress): Promise<boolean> {
  await buildWhenStale(webApps, progress);
  const over = await overBudget(join(projectRoot, webApps.output));
  progress.say(`${over.length === 0 ? 'ok    ' : 'FAILED'} bundle budgets${over.map((line) => `\n${line}`).join('')}`);
  return over.length === 0;
}

function runVitest(suite: SuiteName, report: string, full: boolean, stop: StopRequest): Promise<ToolRun> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return runTool('vitest', ['run', '--project', suite, '--passWithNoTests', ...reporters], {
    show: true,
    stop,
    env: testEnvironment(full),
  });
}

function runPlaywright(report: string, full: boolean, stop: StopRequest): Promise<ToolRun> {
  const env = { ...testEnvironment(full), PLAYWRIGHT_JSON_OUTPUT_NAME: report, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  return runTool('playwright', ['test', '--pass-with-no-tests', '--reporter=list,json'], { show: true, stop, env });
}

function testEnvironment(full: boolean): Record<string, string> {
  return full ? { COUNTERSIGN_FULL_TESTS: '1' } : {};
}

/** A runner that fell over before its report counts as one failure. */
async function readCounts(suite: SuiteName, report: string): Promise<TestCounts> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return suite === 'e2e' ? countPlaywright(text) : countVitest(text);
}
