import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openChildRegistry } from '../../cli/child-registry.ts';
import { identifyProcess } from '../../cli/process-identity.ts';
import { openStateFolder, StateFolderInUseError } from '../../cli/state-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-state-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a state folder has one owner', () => {
  const first = openStateFolder(folder);
  expect(() => openStateFolder(folder)).toThrow(StateFolderInUseError);
  first.unlock();
  openStateFolder(folder).unlock();
});

test('the lock of a dead owner is free', () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, startTime: 'x', commandLine: 'node' }));
  openStateFolder(folder).unlock();
});

test('the lock is free when its number now belongs to another process', () => {
  const other = identifyProcess(process.pid);
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...other, startTime: 'an earlier time' }));
  openStateFolder(folder).unlock();
});

test('a torn lock is free', () => {
  writeFileSync(join(folder, 'lock'), '{"pid":');
  openStateFolder(folder).unlock();
});

test('the next start stops a child that outlived its parent', async () => {
  const file = join(folder, 'children.json');
  const { registry } = await openChildRegistry(file);
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const exited = once(child, 'exit');
  registry.add('sleeper', child.pid ?? 0);
  const { stopped } = await openChildRegistry(file);
  expect(stopped).toEqual(['sleeper']);
  await exited;
});

test('the next start spares a stranger with the number of an old child', async () => {
  const file = join(folder, 'children.json');
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const identity = identifyProcess(child.pid ?? 0);
  const old = { name: 'old', ...identity, startTime: 'an earlier time' };
  writeFileSync(file, JSON.stringify({ children: [old], runtimeFolders: [] }));
  const { stopped } = await openChildRegistry(file);
  expect(stopped).toEqual([]);
  expect(identifyProcess(child.pid ?? 0)).toBeDefined();
  child.kill();
  await exited;
});

test('a clean stop leaves no record', async () => {
  const file = join(folder, 'children.json');
  const { registry } = await openChildRegistry(file);
  registry.clear();
  expect(() => readFileSync(file)).toThrow();
});
