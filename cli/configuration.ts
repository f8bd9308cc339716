import { homedir } from 'node:os';
import { join } from 'node:path';

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
  home: string;
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
    home,
  };
}
