import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOutcome } from '../clients/outcome.ts';
import { runCommand, type Finished } from './command-line.ts';
import { npmProgram } from './install.ts';
import type { ClientWorld, MatrixClient } from './matrix-client.ts';

/** mcporter as people use it in a terminal: a configuration file, `auth` once, then `call`. */
export async function startMcporter(world: ClientWorld): Promise<MatrixClient> {
  const folder = await npmProgram('mcporter', '0.12.3');
  const cli = join(folder, 'node_modules', 'mcporter', 'dist', 'cli.js');
  const config = join(world.home, 'mcporter.json');
  const server = { baseUrl: world.mcpResource, auth: 'oauth', tokenCacheDir: join(world.home, 'tokens') };
  await writeFile(config, JSON.stringify({ mcpServers: { countersign: server }, imports: [] }));
  const run = (args: readonly string[]) => runCommand([cli, '--config', config, ...args], world);
  const signedIn = await run(['auth', 'countersign', '--no-browser']);
  if (signedIn.code !== 0) throw new Error(`mcporter does not sign in: ${signedIn.stdout}${signedIn.stderr}`);
  return {
    call: async (tool, args = {}) =>
      outcomeOf(await run(['call', `countersign.${tool}`, '--args', JSON.stringify(args), '--output', 'raw'])),
    stop: () => Promise.resolve(),
  };
}

/** It prints results as JavaScript would, and ends with 1 after one that says that the call failed. */
function outcomeOf({ code, stdout, stderr }: Finished): CallOutcome {
  if (!stdout.startsWith('{\n  content:')) {
    return { kind: 'failed', error: `exit ${code}`, message: `${stdout}\n${stderr}` };
  }
  return { kind: 'result', isError: code !== 0, text: stdout, structured: undefined };
}
