import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExclusiveRuns } from '../../mcp-server/exec/exclusive-runs.ts';
import { parseCommand } from '../../workflows/domain/command/parse-command.ts';
import { probeSandbox, type SandboxProbe } from '../../mcp-server/exec/probe-sandbox.ts';
import { runStages } from '../../mcp-server/exec/run-stages.ts';
import { planSpawn, type Sandbox } from '../../mcp-server/exec/sandbox.ts';

const base = await mkdtemp(join(tmpdir(), 'countersign-exec-'));
const workspace = join(base, 'workspace');
await mkdir(workspace);
await chmod(base, 0o755);
await chmod(workspace, 0o755);
await writeFile(join(workspace, 'lines.txt'), 'b\na\nc\n');
await writeFile(join(base, 'outside.txt'), 'outside');
const probe: SandboxProbe = await probeSandbox(workspace);
afterAll(() => rm(base, { recursive: true, force: true }));

/** A program that is not on the list, to try what no listed command can. */
function program(path: string, ...args: string[]) {
  return { name: path, path, args };
}

it('works wherever bubblewrap is installed and this is root', ({ skip }) => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/bwrap')) skip('not root, or bubblewrap is not installed');
  expect(probe).toMatchObject({ available: true });
});

describe.runIf(probe.available)('the sandbox', () => {
  const sandbox = probe.available ? probe.sandbox : ({} as Sandbox);
  const run = (commandLine: string) => runStages(sandbox, parseCommand(commandLine));
  const shell = (script: string) => runStages(sandbox, [program('/usr/bin/bash', '-c', script)]);
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((socket) => socket.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  afterAll(() => {
    server.close();
  });

  it('runs commands and joins them', async () => {
    expect(await run('sort lines.txt | head -2')).toMatchObject({
      stdout: 'a\nb\n',
      stderr: '',
      exitCode: 0,
      truncated: false,
    });
    expect(await run('pwd')).toMatchObject({ stdout: '/workspace\n' });
    expect(await run('whoami')).toMatchObject({ stdout: 'sandbox\n' });
  });

  it('keeps errors apart and hands on the exit code', async () => {
    expect(await run('cat lines.txt nowhere')).toMatchObject({
      stdout: 'b\na\nc\n',
      stderr: expect.stringContaining('nowhere') as string,
      exitCode: 1,
    });
  });

  it('ends a writer whose reader has ended, in silence', async () => {
    const result = await run('cat /dev/zero | head -c 3');
    expect(result).toMatchObject({ exitCode: 0, stderr: '', timedOut: false });
    expect(result.durationMs).toBeLessThan(3_000);
  });

  it('shows no accounts, no other files, no host paths of this machine', async () => {
    const passwd = await run('cat /etc/passwd');
    expect(passwd.stdout).toBe('sandbox:x:61017:61017::/workspace:/usr/sbin/nologin\n');
    expect(readFileSync('/etc/passwd', 'utf8')).toContain('root:');
    expect((await run('ls -a /')).stdout.split('\n').filter(Boolean).sort()).toEqual(
      ['.', '..', 'bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'tmp', 'usr', 'workspace'].sort(),
    );
    expect(await run('cat /etc/shadow')).toMatchObject({ stdout: '', exitCode: 1 });
    expect(await run('cat ../outside.txt')).toMatchObject({ stdout: '', exitCode: 1 });
    expect((await shell('env')).stdout).not.toContain(base);
  });

  it('shows only its own processes', async () => {
    const { stdout } = await run('ps aux');
    expect(stdout).not.toContain(`${process.pid} `);
    expect(stdout.trim().split('\n').length).toBeLessThanOrEqual(4);
    expect(stdout).not.toContain(base);
  });

  it('has no network', async () => {
    const { exitCode, stderr } = await shell(`exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('refused');
    expect((await run('cat /proc/net/route')).stdout.trim().split('\n')).toHaveLength(1);
  });

  it('writes nothing', async () => {
    expect((await shell('touch /workspace/x')).stderr).toContain('Read-only');
    expect((await shell('touch /x')).stderr).toContain('Read-only');
    expect((await shell('touch /usr/bin/x')).exitCode).not.toBe(0);
    expect(existsSync(join(workspace, 'x'))).toBe(false);
  });

  it('has no power: no capabilities, no new privileges, no namespaces of its own', async () => {
    const status = (await run('cat /proc/self/status')).stdout;
    expect(status).toMatch(/CapEff:\s+0+\n/);
    expect(status).toMatch(/CapBnd:\s+0+\n/);
    expect(status).toMatch(/NoNewPrivs:\s+1\n/);
    expect((await shell('unshare --user --map-root-user id')).exitCode).not.toBe(0);
  });

  it('runs under an account of its own when the server is root', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('not root');
    expect(await uidsOutside(sandbox)).toEqual(['61017']);
  });

  it('knows no environment of the server', async () => {
    process.env['COUNTERSIGN_TEST_SECRET'] = 'environment-secret';
    expect((await shell('cat /proc/*/environ /proc/self/environ; env')).stdout).not.toContain('environment-secret');
    delete process.env['COUNTERSIGN_TEST_SECRET'];
  });

  it('is stopped at the timeout with everything it started', async () => {
    const marker = `31${process.pid}.5`;
    const result = await runStages(
      sandbox,
      [program('/usr/bin/bash', '-c', `setsid sleep ${marker} & sleep ${marker}`)],
      { limits: { timeoutMs: 400, maxBytes: 1_000 } },
    );
    expect(result).toMatchObject({ timedOut: true, exitCode: 137 });
    expect(result.durationMs).toBeLessThan(2_000);
    await expect.poll(() => runningWith(marker)).toEqual([]);
  });

  it('is stopped when the caller goes away', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    const result = await runStages(sandbox, [program('/usr/bin/sleep', '30')], { signal: abort.signal });
    expect(result.durationMs).toBeLessThan(3_000);
  });

  it('is stopped when it says too much, on either output', async () => {
    const limits = { timeoutMs: 10_000, maxBytes: 1_000 };
    const out = await runStages(sandbox, [program('/usr/bin/yes')], { limits });
    expect(out).toMatchObject({ truncated: true });
    expect(Buffer.byteLength(out.stdout)).toBe(1_000);
    expect(out.durationMs).toBeLessThan(3_000);
    const errors = await runStages(sandbox, [program('/usr/bin/bash', '-c', 'yes >&2')], { limits });
    expect(errors).toMatchObject({ truncated: true, stdout: '' });
    expect(Buffer.byteLength(errors.stderr)).toBe(1_000);
  });

  it('bounds memory and files', async () => {
    expect((await shell('head -c 900000000 /dev/zero | tail')).exitCode).not.toBe(0);
    expect((await shell('head -c 40000000 /dev/zero > /tmp/big')).exitCode).not.toBe(0);
  });

  it('ends with the server', async () => {
    const marker = `47${process.pid}.5`;
    const plan = planSpawn(sandbox, program('/usr/bin/sleep', marker));
    const script = `
      const { spawn } = require('node:child_process');
      const plan = ${JSON.stringify(plan)};
      const child = spawn(plan.file, plan.args, { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true, ...plan.account });
      child.stdio[3].end(plan.sandboxOptions); child.stdio[4].end(plan.passwd);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 400);`;
    expect(() => execFileSync(process.execPath, ['-e', script], { timeout: 10_000 })).toThrow();
    await expect.poll(() => runningWith(marker)).toEqual([]);
  });

  it('works for a workspace below a folder that only root can enter', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('not root');
    const closed = await mkdtemp(join(tmpdir(), 'countersign-closed-'));
    try {
      const inside = join(closed, 'workspace');
      await mkdir(inside);
      await writeFile(join(inside, 'x.txt'), 'found');
      await chmod(inside, 0o755);
      const result = await probeSandbox(inside);
      expect(result).toMatchObject({ available: true, sandbox: { mode: 'outer-mount' } });
      if (!result.available) return;
      expect(await runStages(result.sandbox, parseCommand('cat x.txt'))).toMatchObject({
        stdout: 'found',
        exitCode: 0,
      });
      expect((await runStages(result.sandbox, parseCommand('cat /proc/self/status'))).stdout).toMatch(/CapBnd:\s+0+\n/);
      expect(await uidsOutside(result.sandbox)).toEqual(['61017']);
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
  });

  it('is not offered when the sandbox account cannot read the workspace', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('not root');
    const closed = await mkdtemp(join(tmpdir(), 'countersign-closed-'));
    expect(await probeSandbox(closed)).toMatchObject({
      available: false,
      reason: expect.stringContaining('chmod o+rx') as string,
    });
    await rm(closed, { recursive: true, force: true });
  });
});

it('lets each person run one command at a time', async () => {
  const runs = new ExclusiveRuns();
  const gate = Promise.withResolvers<string>();
  const first = runs.run('a', () => gate.promise);
  await expect(runs.run('a', async () => 'second')).rejects.toMatchObject({ code: 'rate_limited' });
  await expect(runs.run('b', async () => 'other')).resolves.toBe('other');
  gate.resolve('first');
  await expect(first).resolves.toBe('first');
  await expect(runs.run('a', async () => 'third')).resolves.toBe('third');
});

/** Under which accounts of this machine a sandboxed program runs. */
async function uidsOutside(sandbox: Sandbox): Promise<string[]> {
  const marker = `1.${process.pid}`;
  const running = runStages(sandbox, [program('/usr/bin/sleep', marker)]);
  let uids: string[] = [];
  await expect
    .poll(() => {
      const lines = execFileSync('ps', ['-eo', 'uid,args'], { encoding: 'utf8' }).split('\n');
      uids = lines
        .filter((line) => line.includes(`/usr/bin/sleep ${marker}`) && !line.includes('bwrap'))
        .map((line) => line.trim().split(/\s+/)[0] ?? '');
      return uids.length;
    })
    .toBeGreaterThan(0);
  await running;
  return uids;
}

/** Command lines on this machine that contain a marker. */
function runningWith(marker: string): string[] {
  return execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(marker) && !line.startsWith('Z'));
}
