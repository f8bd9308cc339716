import { realpath } from 'node:fs/promises';
import { runStages } from './run-stages.ts';
import { missingPrograms, sandboxUid, type Sandbox, type SandboxMode } from './sandbox.ts';

/** Whether commands can be confined here; if not, `reason` says why in words for an operator. */
export type SandboxProbe = { available: true; sandbox: Sandbox } | { available: false; reason: string };

/**
 * Starts a sandbox once and looks at what it sees. Fails closed: anything unexpected means that no command runs (RULES 28).
 *
 * @param workspace the folder that commands see as `/workspace`.
 */
export async function probeSandbox(workspace: string, uid = process.getuid?.()): Promise<SandboxProbe> {
  if (process.platform !== 'linux' || uid === undefined) {
    return { available: false, reason: `Commands run in a Linux sandbox, and this is ${process.platform}.` };
  }
  const modes: readonly SandboxMode[] = uid === 0 ? ['sandbox-account', 'outer-mount'] : ['own-user'];
  let reason = 'No way to confine commands was found.';
  for (const mode of modes) {
    const sandbox = { mode, workspace: await realpath(workspace) };
    const problem = await whyUnusable(sandbox);
    if (problem === undefined) return { available: true, sandbox };
    reason = problem;
  }
  return { available: false, reason };
}

async function whyUnusable(sandbox: Sandbox): Promise<string | undefined> {
  const missing = missingPrograms(sandbox.mode);
  if (missing.length > 0)
    return `${missing.join(' and ')} is missing. On Debian: apt-get install bubblewrap util-linux`;
  const look = { name: 'ls', path: '/usr/bin/ls', args: ['-1a', '/etc', '/workspace'] };
  try {
    const seen = await runStages(sandbox, [look], { limits: { timeoutMs: 5_000, maxBytes: 64 * 1024 } });
    if (seen.timedOut) return 'The sandbox did not answer within 5 s.';
    if (seen.stdout.includes('shadow')) return 'The sandbox would show files of this machine.';
    if (/\/workspace.*: Permission denied/.test(seen.stderr)) {
      return `The sandbox account (uid ${sandboxUid}) cannot read the workspace folder; make it readable for others (chmod o+rx).`;
    }
    if (!seen.stdout.includes('/workspace:')) return `bubblewrap cannot make a sandbox here: ${firstLine(seen.stderr)}`;
    return undefined;
  } catch (error) {
    return `The sandbox cannot be started: ${error instanceof Error ? error.message : 'unknown error'}`;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? 'no message';
}
