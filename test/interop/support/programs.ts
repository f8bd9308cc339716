import { pythonVenv } from '../../../cli/python-venv.ts';
import { startHost } from './host-process.ts';
import { startInspector } from './inspector.ts';
import { npmProgram, pythonFrom, requirementsOf } from './install.ts';
import type { ClientWorld, MatrixClient } from './matrix-client.ts';
import { startMcpRemote } from './mcp-remote.ts';
import { startMcporter } from './mcporter.ts';

/** Other people's program, and how it gets a scope that it lacks. */
export interface Program {
  name: string;
  start(world: ClientWorld): Promise<MatrixClient>;
  /** `by itself`: it sends its user to the auth server again. `in band`: an admin has it told in the result of the call. */
  stepsUp: 'by itself' | 'in band';
}

/** Installed with the project. */
const light: readonly Program[] = [
  {
    name: '@modelcontextprotocol/client v2',
    start: (world) => startHost({ program: 'sdk-v2.ts' }, world),
    stepsUp: 'by itself',
  },
  {
    name: '@modelcontextprotocol/sdk v1',
    start: (world) => startHost({ program: 'sdk-v1.ts' }, world),
    stepsUp: 'by itself',
  },
  { name: 'mcp-remote', start: startMcpRemote, stepsUp: 'by itself' },
];

/** Installed when they are run. */
const heavy: readonly Program[] = [
  {
    name: '@openai/agents',
    start: async (world) =>
      startHost({ program: 'openai-agents.ts', args: [await npmProgram('@openai/agents', '0.20.0')] }, world),
    stepsUp: 'by itself',
  },
  {
    name: 'mcp (Python)',
    start: async (world) => startHost({ program: 'python_sdk.py', interpreter: await pythonSdk() }, world),
    stepsUp: 'by itself',
  },
  { name: 'mcporter', start: startMcporter, stepsUp: 'in band' },
  { name: 'the Inspector’s command line', start: startInspector, stepsUp: 'in band' },
];

async function pythonSdk(): Promise<string> {
  const python = await pythonFrom(10);
  if (python === undefined) throw new Error('The Python SDK needs Python 3.10 or newer with venv: install it.');
  return pythonVenv(requirementsOf('mcp'), python);
}

/** The clients of the matrix; all of them in `npm run test:full`. */
export const programs: readonly Program[] =
  process.env['COUNTERSIGN_FULL_TESTS'] === '1' ? [...light, ...heavy] : light;
