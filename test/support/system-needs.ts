import { join } from 'node:path';
import { chromium, isInstalled } from '../../cli/embedded/system-packages.ts';
import { probeSandbox } from '../../mcp-server/exec/probe-sandbox.ts';

const workspace = join(import.meta.dirname, '..', '..', 'workspace');

/** Why no command can run on this machine, or undefined. */
export async function whyNoSandbox(): Promise<string | undefined> {
  const probe = await probeSandbox(workspace);
  return probe.available ? undefined : probe.reason;
}

/** Why the product cannot be tried in a browser on this machine, or undefined. */
export async function whyNoBrowserTests(): Promise<string | undefined> {
  if (!isInstalled(chromium)) return `${chromium.package} is not installed.`;
  return whyNoSandbox();
}
