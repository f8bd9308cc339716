import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { projectRoot } from '../cli/configuration.ts';
import {
  launch,
  launchPorts,
  removeStateFolder,
  temporaryStateFolder,
  type Launched,
} from '../test/support/launched.ts';
import { startReference, type ReferenceProcess } from './reference/start-process.ts';
import { memoryOf, variableOf } from './processes.ts';

/** The whole product as `npm start` runs it, and beside it the references on the same Temporal. */
export interface World {
  product: Launched;
  /** The file it follows. */
  policyFile: string;
  temporal: Client;
  /** The bare workers. */
  worker: ReferenceProcess;
  /** Of the app's SQL role. */
  databaseUrl: string;
  /** What the tools list. */
  workspace: string;
  /** The bare tool server's address. */
  bareTools: string;
  stop(): Promise<void>;
}

/** Scopes that nobody holds yet, so that many full approvals can be measured in one run. */
export const spareScopes = Array.from({ length: 50 }, (_value, index) => `bench:${index}`);

/** Makes {@link spareScopes} part of the live policy, which until then is the shipped one. */
export async function addSpareScopes({ policyFile }: World): Promise<void> {
  const entry = (scope: string): string =>
    `  ${scope}:\n    description: For the benchmark\n    risk: low\n    resource: mcp\n    granted_at_once_to: []\n    otherwise: admin\n    approvers: [admin]\n`;
  const text = await readFile(policyFile, 'utf8');
  await writeFile(policyFile, text.replace(/^scopes:\n/m, `$&${spareScopes.map(entry).join('')}`));
}

/** Starts everything on free ports, with data of its own. Linux only: the server's address is read from `/proc`. */
export async function startWorld(): Promise<World> {
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.reverse()) await one();
  };
  try {
    const folder = await temporaryStateFolder();
    stops.push(() => removeStateFolder(folder));
    const policyFile = join(folder, 'policy.yaml');
    await copyFile(join(projectRoot, 'countersign.policy.yaml'), policyFile);
    const product = await launch({
      stateFolder: join(folder, 'state'),
      ports: await launchPorts(),
      policyFile,
      workspace: await workspaceOf(folder),
    });
    stops.push(async () => void (await product.stop()));
    const role = (await namedChildren(product)).find(({ name }) => name.includes('api'));
    if (role === undefined) throw new Error('no role process');
    const databaseUrl = variableOf(role.pid, 'COUNTERSIGN_DATABASE_URL');
    const address = variableOf(role.pid, 'COUNTERSIGN_TEMPORAL_ADDRESS');
    const namespace = variableOf(role.pid, 'COUNTERSIGN_TEMPORAL_NAMESPACE');
    const connection = await Connection.connect({ address });
    stops.push(() => connection.close());
    const worker = await startReference('temporal-worker.ts', [address, namespace]);
    stops.push(worker.stop);
    const tools = await startReference('tool-server.ts', [join(folder, 'workspace')]);
    stops.push(tools.stop);
    return {
      product,
      policyFile,
      temporal: new Client({ connection, namespace }),
      worker,
      databaseUrl,
      workspace: join(folder, 'workspace'),
      bareTools: `http://127.0.0.1:${String(tools.ready['port'])}/mcp`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Memory of each process of a product, in MB. */
export async function memoryByProcess(product: Launched): Promise<{ name: string; mb: number }[]> {
  const children = (await namedChildren(product)).map(({ name, pid }) => ({ name, mb: memoryOf(pid) }));
  const sum = children.reduce((total, { mb }) => total + mb, 0);
  return [...children, { name: 'supervisor', mb: Math.max(0, memoryOf(product.pid) - sum) }];
}

async function namedChildren(product: Launched): Promise<{ name: string; pid: number }[]> {
  const record = await readFile(join(product.stateFolder, 'children.json'), 'utf8');
  return (JSON.parse(record) as { children: { name: string; pid: number }[] }).children;
}

async function workspaceOf(folder: string): Promise<string> {
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  for (const name of ['README.md', 'inventory.csv', 'notes.txt']) await writeFile(join(workspace, name), `${name}\n`);
  return workspace;
}
