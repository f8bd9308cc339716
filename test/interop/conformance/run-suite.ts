import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** One requirement that the suite looked at. */
export interface Check {
  scenario: string;
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
}

export const conformanceFolder = dirname(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'),
);

/** Runs the suite as a process of its own, as its users do. @param onLine each line of its output, as it comes */
export async function runSuite(args: readonly string[], onLine: (line: string) => void = () => {}): Promise<Check[]> {
  const output = await mkdtemp(join(tmpdir(), 'countersign-conformance-'));
  try {
    const entry = join(conformanceFolder, 'dist', 'index.js');
    const child = spawn(process.execPath, [entry, ...args, '--output-dir', output], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const hear = (part: string) => {
      said += part;
      part.split('\n').forEach(onLine);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    await new Promise((resolve) => child.once('close', resolve));
    const checks = await checksIn(output);
    if (checks.length === 0) throw new Error(`the suite reported nothing:\n${said}`);
    return checks;
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function checksIn(folder: string): Promise<Check[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('checks.json'));
  const lists = await Promise.all(
    files.map(async (name) => {
      const scenario = /^(?:authorization-)?server-(.*)-\d{4}-\d\d-\d\dT/.exec(name)?.[1] ?? name;
      const checks = JSON.parse(await readFile(join(folder, name), 'utf8')) as Omit<Check, 'scenario'>[];
      return checks.map((check) => ({ ...check, scenario }));
    }),
  );
  return lists.flat();
}
