import { existsSync } from 'node:fs';
import type { Stage } from '../../workflows/domain/command/parse-command.ts';

/** The account that commands run under when the server is root: in no range that systems hand out, so limits count only ours. */
export const sandboxUid = 61_017;

/** Seconds of CPU time and bytes that one stage may use. */
const limits = {
  cpuSeconds: 10,
  addressSpace: 512 * 1024 ** 2,
  fileSize: 16 * 1024 ** 2,
  openFiles: 256,
  processes: 128,
} as const;

/**
 * How a stage is confined. `outer-mount` is for a root whose workspace lies under folders that the sandbox account
 * cannot enter: an outer mount namespace, still root, puts the workspace where it can be reached, then drops to it.
 */
export type SandboxMode = 'own-user' | 'sandbox-account' | 'outer-mount';

/** A sandbox that has been seen working. */
export interface Sandbox {
  mode: SandboxMode;
  /** The real path of the folder that commands see, read-only, as `/workspace`. */
  workspace: string;
}

/** What to spawn for a stage. The options of bubblewrap travel on descriptor 3, so that `ps` shows no paths of the host. */
export interface SpawnPlan {
  file: string;
  args: readonly string[];
  /** NUL-separated, for descriptor 3. */
  sandboxOptions: string;
  /** For descriptor 4: the only account there is. */
  passwd: string;
  account?: { uid: number; gid: number };
}

const bubblewrap = '/usr/bin/bwrap';
const prlimit = '/usr/bin/prlimit';
const setpriv = '/usr/bin/setpriv';
const reachableWorkspace = '/mnt/workspace';

/** The programs that a sandbox takes and this machine lacks. */
export function missingPrograms(mode: SandboxMode): string[] {
  return [bubblewrap, prlimit, ...(mode === 'outer-mount' ? [setpriv] : [])].filter((program) => !existsSync(program));
}

/** Pure: the whole command line of a confined stage. */
export function planSpawn(sandbox: Sandbox, stage: Stage): SpawnPlan {
  const { mode, workspace } = sandbox;
  const inner = [bubblewrap, '--args', '3', '--', stage.path, ...stage.args];
  const drop = [
    '--reuid',
    `${sandboxUid}`,
    '--regid',
    `${sandboxUid}`,
    '--clear-groups',
    '--no-new-privs',
    '--pdeathsig',
    'KILL',
  ];
  // The outer namespace keeps everything but hides /mnt, so the workspace appears at one path that any account can enter.
  const outer = [
    bubblewrap,
    '--dev-bind',
    '/',
    '/',
    '--tmpfs',
    '/mnt',
    '--ro-bind',
    workspace,
    reachableWorkspace,
    '--die-with-parent',
    '--',
    setpriv,
    ...drop,
  ];
  return {
    file: prlimit,
    args: [...limitOptions(mode), ...(mode === 'outer-mount' ? outer : []), ...inner],
    sandboxOptions: sandboxOptions(mode === 'outer-mount' ? reachableWorkspace : workspace).join('\0') + '\0',
    passwd: `sandbox:x:${sandboxUid}:${sandboxUid}::/workspace:/usr/sbin/nologin\n`,
    ...(mode === 'sandbox-account' ? { account: { uid: sandboxUid, gid: sandboxUid } } : {}),
  };
}

function limitOptions(mode: SandboxMode): string[] {
  const options = [
    `--cpu=${limits.cpuSeconds}`,
    `--as=${limits.addressSpace}`,
    `--fsize=${limits.fileSize}`,
    `--nofile=${limits.openFiles}`,
    '--core=0',
  ];
  // The number of processes counts per account: under one's own it would count everything else that person runs.
  return mode === 'own-user' ? options : [...options, `--nproc=${limits.processes}`];
}

function sandboxOptions(workspace: string): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--uid', `${sandboxUid}`, '--gid', `${sandboxUid}`, '--hostname', 'sandbox', '--cap-drop', 'ALL'],
    ...['--clearenv', '--setenv', 'PATH', '/usr/bin', '--setenv', 'PWD', '/workspace'],
    ...['--perms', '0755', '--dir', '/usr', '--ro-bind', '/usr/bin', '/usr/bin', '--ro-bind', '/usr/lib', '/usr/lib'],
    ...[
      '--ro-bind-try',
      '/usr/lib64',
      '/usr/lib64',
      '--symlink',
      'usr/bin',
      '/bin',
      '--symlink',
      'usr/lib',
      '/lib',
      '--symlink',
      'usr/lib64',
      '/lib64',
    ],
    ...['--proc', '/proc', '--dev', '/dev', '--size', `${limits.fileSize}`, '--tmpfs', '/tmp'],
    ...['--perms', '0755', '--dir', '/etc', '--perms', '0444', '--ro-bind-data', '4', '/etc/passwd'],
    ...['--ro-bind', workspace, '/workspace', '--remount-ro', '/', '--chdir', '/workspace'],
  ];
}
