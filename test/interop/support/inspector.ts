import { join } from 'node:path';
import { freePort } from '../../../cli/embedded/free-port.ts';
import { outcomeOf, type CallOutcome } from '../clients/outcome.ts';
import { runCommand, type Finished } from './command-line.ts';
import { npmProgram } from './install.ts';
import type { ClientWorld, MatrixClient } from './matrix-client.ts';

/** The Inspector's command line: each call is a process of its own, which finds the sign-in of the one before. */
export async function startInspector(world: ClientWorld): Promise<MatrixClient> {
  const folder = await npmProgram('@modelcontextprotocol/inspector', '2.12.0');
  const launcher = join(folder, 'node_modules', '@modelcontextprotocol/inspector/clients/launcher/build/index.js');
  const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
  return {
    call: async (tool, args = {}) => {
      const pairs = Object.entries(args).flatMap(([name, value]) => ['--tool-arg', `${name}=${JSON.stringify(value)}`]);
      const finished = await runCommand(
        [
          ...[launcher, '--cli', '--server-url', world.mcpResource, '--transport', 'http', '--callback-url', callback],
          ...['--method', 'tools/call', '--tool-name', tool, ...pairs],
        ],
        world,
        { MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' },
      );
      return outcomeOfCommand(finished);
    },
    stop: () => Promise.resolve(),
  };
}

/** It prints results as JSON, and why there is none on stderr. */
function outcomeOfCommand({ code, stdout, stderr }: Finished): CallOutcome {
  if (!stdout.startsWith('{')) return { kind: 'failed', error: `exit ${code}`, message: `${stdout}\n${stderr}` };
  return outcomeOf(JSON.parse(stdout) as object);
}
