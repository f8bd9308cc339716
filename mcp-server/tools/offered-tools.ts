import { authorizationTools } from '../authorization/tools/authorization-tools.ts';
import { ExclusiveRuns } from '../exec/exclusive-runs.ts';
import type { SandboxProbe } from '../exec/probe-sandbox.ts';
import { canListDirectories } from '../files/list-directory.ts';
import type { McpServerOptions } from '../options.ts';
import type { Tool } from './define-tool.ts';
import { executeCommand } from './execute-command.ts';
import { getServerInfo } from './get-server-info.ts';
import { healthCheck } from './health-check.ts';
import { listFiles } from './list-files.ts';
import { listToolScopes } from './list-tool-scopes.ts';
import { listUsers } from './list-users.ts';
import { setUserRoles } from './set-user-roles.ts';

/** The tools of this server. What cannot be confined on this machine is withheld, with the reason (RULES 28). */
export function offeredTools(
  options: McpServerOptions,
  sandbox: SandboxProbe,
): { tools: readonly Tool[]; withheld: readonly { name: string; reason: string }[] } {
  const { authority, directory, workspace } = options;
  const startedAt = new Date();
  const tools: Tool[] = [];
  const withheld: { name: string; reason: string }[] = [];

  tools.push(
    getServerInfo({ ...options, startedAt, offered: () => tools, withheld }),
    healthCheck(authority, startedAt, sandbox.available),
    listToolScopes(authority, () => tools),
  );
  if (canListDirectories()) tools.push(listFiles(workspace));
  else
    withheld.push({
      name: 'list_files',
      reason: `Folders can be confined on Linux only, and this is ${process.platform}.`,
    });
  if (sandbox.available) tools.push(executeCommand(sandbox.sandbox, new ExclusiveRuns()));
  else withheld.push({ name: 'execute_command', reason: sandbox.reason });
  tools.push(listUsers(directory), setUserRoles(directory));
  tools.push(...authorizationTools({ ...options, offered: () => tools }));
  return { tools, withheld };
}
