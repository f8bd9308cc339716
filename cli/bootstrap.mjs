// Runs on whatever Node the machine has, before anything is installed: plain JavaScript, no dependencies.
// It installs the packages when they are missing or from another package-lock.json, then hands over to Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const runtime = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = join(modules, '.countersign-install');

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(
    `Countersign needs Node.js 20 or newer to install itself; this is ${process.version}. Get one from https://nodejs.org and run the command again.`,
  );
}

const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
const lockDigest = createHash('sha256')
  .update(lockText)
  .update(process.platform + process.arch)
  .digest('hex');
if (!isInstalled()) install();
handOver();

function isInstalled() {
  if (!existsSync(runtime)) return false;
  if (read(stamp) === lockDigest) return true;
  // Installed by hand: npm's own record of what it installed tells whether it was from this lock file.
  const installed = read(join(modules, '.package-lock.json'));
  if (installed === undefined || !isSameTree(JSON.parse(installed).packages, JSON.parse(lockText).packages))
    return false;
  writeFileSync(stamp, lockDigest);
  return true;
}

function isSameTree(installed, locked) {
  const wanted = Object.entries(locked).filter(([path]) => path !== '');
  if (Object.keys(installed).some((path) => locked[path] === undefined)) return false;
  // Packages for other platforms are optional and absent.
  return wanted.every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version && found.integrity === integrity;
  });
}

function install() {
  const npm = process.env.npm_execpath === undefined ? ['npm'] : [process.execPath, process.env.npm_execpath];
  const version = spawnSync(npm[0], [...npm.slice(1), '--version'], { encoding: 'utf8' });
  if (version.status !== 0)
    fail(
      'npm was not found. It comes with Node.js; install it (Debian: apt-get install npm) and run the command again.',
    );
  const why = existsSync(modules) ? 'the packages are from another package-lock.json' : 'the packages are missing';
  console.log(`Installing: ${why} (npm ci, usually under a minute) …`);
  const begun = Date.now();
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  const { status, stdout, stderr } = spawnSync(npm[0], [...npm.slice(1), 'ci', ...options], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) fail(`npm ci failed:\n${stdout}${stderr}`);
  if (!existsSync(runtime))
    fail(`npm ci did not install Node 24 into ${runtime}. Was it run with --omit=dev or --ignore-scripts?`);
  writeFileSync(stamp, lockDigest);
  console.log(`Installed in ${Math.round((Date.now() - begun) / 1000)} s.`);
}

// The command runs in a session of its own. Ctrl-C reaches npm, its shell and us at once, and npm passes it on to us once
// more: we tell the command once. Should we be killed, the channel closes and the command stops by itself.
function handOver() {
  const child = spawn(
    runtime,
    ['--disable-warning=ExperimentalWarning', join(root, 'cli', 'main.ts'), ...process.argv.slice(2)],
    {
      detached: true,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  let lastPassedOn = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (Date.now() - lastPassedOn < 1000) return;
      lastPassedOn = Date.now();
      child.kill(signal);
    });
  }
  // npm passes a SIGTERM on to its shell, which dies without telling us: our parent's end is then the request to stop.
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    const watching = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watching);
      // Who signals the whole process group has reached us too: a second request would kill instead of stop.
      if (lastPassedOn === 0) child.kill('SIGTERM');
    }, 500);
  }
  child.on('error', (error) => fail(`${runtime} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
