import { readdirSync, readFileSync } from 'node:fs';

/** Proportional set size of a process and all its descendants, in MB; Linux only, else 0. */
export function memoryOf(pid: number): number {
  const parents = parentOfEach();
  const family = new Set([pid]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [child, parent] of parents) {
      if (!family.has(parent) || family.has(child)) continue;
      family.add(child);
      grown = true;
    }
  }
  return [...family].reduce((sum, member) => sum + proportionalKb(member), 0) / 1_024;
}

/** A variable of the environment that a process was started with. @throws when it has none */
export function variableOf(pid: number, name: string): string {
  const line = read(`/proc/${pid}/environ`)
    .split('\0')
    .find((entry) => entry.startsWith(`${name}=`));
  if (line === undefined) throw new Error(`process ${pid} has no ${name}`);
  return line.slice(name.length + 1);
}

function parentOfEach(): Map<number, number> {
  const pids = process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];
  return new Map(pids.map((pid) => [pid, Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)]));
}

function proportionalKb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
