import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be recognised later, when its number may belong to another one. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; the same process always gives the same. */
  startTime: string;
  commandLine: string;
}

/** Describes a living process; undefined when there is none of that number. A zombie counts as gone. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold spaces and parentheses itself; fields count from after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const startTicks = fields[19];
    if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
    // Ticks count from boot: another boot may repeat them.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid, startTime: `${boot}/${startTicks}`, commandLine };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): ProcessIdentity | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=,command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { pid, startTime: text.slice(0, 24).trim(), commandLine: text.slice(24).trim() };
  } catch {
    return undefined;
  }
}

/** Whether that very process still lives. The command line is compared too, where it was known. */
export function stillRuns(known: ProcessIdentity): boolean {
  const found = identifyProcess(known.pid);
  return found !== undefined && found.startTime === known.startTime && found.commandLine === known.commandLine;
}
