import { homedir } from 'node:os';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { ModelEnvironment } from './model-configuration.ts';

/** The project's own folder: the parent of `cli/`. */
export const projectRoot = resolve(import.meta.dirname, '..');

/** A setting that cannot be used. `problems` has one line for each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** What the launcher takes from the machine's environment, apart from the product's own settings. */
export interface MachineEnvironment {
  /** Where downloaded binaries are kept between projects; per user. */
  cacheFolder: string;
  /** Folders of `PATH`, in order. */
  searchPath: readonly string[];
  /** A `temporal` binary named by hand; wins over every other. */
  temporalCliPath: string | undefined;
  /** A time-skipping test server named by hand. */
  temporalTestServerPath: string | undefined;
  /** The session's folder for sockets (XDG), when there is one. */
  runtimeFolder: string | undefined;
}

/** Reads {@link MachineEnvironment}. */
export function machineEnvironment(env: NodeJS.ProcessEnv = process.env): MachineEnvironment {
  const home = env['HOME'] ?? homedir();
  return {
    cacheFolder: join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'countersign'),
    searchPath: (env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    temporalCliPath: env['COUNTERSIGN_TEMPORAL_CLI'],
    temporalTestServerPath: env['COUNTERSIGN_TEMPORAL_TEST_SERVER'],
    runtimeFolder: env['XDG_RUNTIME_DIR'],
  };
}

const port = (defaultPort: number) =>
  z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535).default(defaultPort);
const path = (defaultPath: string) => z.string().min(1).default(defaultPath);

/** Settings of `start`: each is a flag and an environment variable, and the flag wins. */
const startSettings = {
  state: path('.countersign'),
  authPort: port(8002),
  mcpPort: port(8001),
  chatPort: port(5001),
  temporalUiPort: port(8233),
  policy: path(join(projectRoot, 'countersign.policy.yaml')),
  workspace: path(join(projectRoot, 'workspace')),
  metricsPort: z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535).optional(),
  modelBaseUrl: z.string().optional(),
  model: z.string().optional(),
  modelApiKeyFile: z.string().optional(),
};

/** Names of the settings of `start`, as commander gives them. */
export type StartFlags = Partial<Record<keyof typeof startSettings, string>>;

/** The settings of `start`, read, with whole paths. */
export interface StartConfiguration {
  stateFolder: string;
  ports: { auth: number; mcp: number; chat: number; temporalUi: number };
  /** Where Prometheus finds the metrics; undefined means that there are none. */
  metricsPort: number | undefined;
  policyFile: string;
  /** What `list_files` and `execute_command` see. */
  workspace: string;
  /** The variables of the language model, as given; `model-configuration.ts` says what they mean. */
  model: ModelEnvironment;
}

/**
 * Flags, then `COUNTERSIGN_*`, then defaults. Relative paths are taken from the folder the command runs in.
 *
 * @throws {ConfigurationError} with every problem at once.
 */
export function startConfiguration(flags: StartFlags, env: NodeJS.ProcessEnv = process.env): StartConfiguration {
  const names = Object.keys(startSettings) as (keyof typeof startSettings)[];
  const given = Object.fromEntries(names.map((name) => [name, flags[name] ?? nonEmpty(env[variableOf(name)])]));
  const parsed = z.object(startSettings).safeParse(given);
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues.map((issue) => `${describe(String(issue.path[0]))}: ${issue.message}`),
    );
  }
  const settings = parsed.data;
  const ports = {
    auth: settings.authPort,
    mcp: settings.mcpPort,
    chat: settings.chatPort,
    temporalUi: settings.temporalUiPort,
  };
  if (!isFolder(settings.workspace)) {
    throw new ConfigurationError([`${describe('workspace')}: ${resolve(settings.workspace)} is not a folder`]);
  }
  const used = [...Object.values(ports), ...(settings.metricsPort === undefined ? [] : [settings.metricsPort])];
  const repeated = used.filter((value, index, all) => all.indexOf(value) !== index);
  if (repeated.length > 0)
    throw new ConfigurationError([`port ${repeated[0]} is used twice: give each part a port of its own`]);
  return {
    stateFolder: resolve(settings.state),
    ports,
    metricsPort: settings.metricsPort,
    policyFile: resolve(settings.policy),
    workspace: resolve(settings.workspace),
    model: modelEnvironment(settings, env),
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The key itself is no flag: a command line is for everybody on the machine to read. */
function modelEnvironment(
  flags: Pick<Partial<Record<keyof StartFlags, string | undefined>>, 'modelBaseUrl' | 'model' | 'modelApiKeyFile'>,
  env: NodeJS.ProcessEnv,
): ModelEnvironment {
  const given = {
    COUNTERSIGN_MODEL_BASE_URL: flags.modelBaseUrl,
    COUNTERSIGN_MODEL: flags.model,
    COUNTERSIGN_MODEL_API_KEY: nonEmpty(env['COUNTERSIGN_MODEL_API_KEY']),
    COUNTERSIGN_MODEL_API_KEY_FILE: flags.modelApiKeyFile === undefined ? undefined : resolve(flags.modelApiKeyFile),
    COUNTERSIGN_MODEL_STREAMING: nonEmpty(env['COUNTERSIGN_MODEL_STREAMING']),
    COUNTERSIGN_MODEL_TIMEOUT: nonEmpty(env['COUNTERSIGN_MODEL_TIMEOUT']),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function variableOf(setting: string): string {
  return `COUNTERSIGN_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function describe(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} (${variableOf(setting)})`;
}

/** The environment that a role process reads its settings from; see `role-configuration.ts`. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
