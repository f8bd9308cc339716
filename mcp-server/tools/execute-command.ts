import { z } from 'zod';
import { commandTable } from '../../workflows/domain/command/command-table.ts';
import type { ExclusiveRuns } from '../exec/exclusive-runs.ts';
import { parseCommand } from '../../workflows/domain/command/parse-command.ts';
import { defaultRunLimits, runStages, type RunResult } from '../exec/run-stages.ts';
import type { Sandbox } from '../exec/sandbox.ts';
import { defineTool, type Tool } from './define-tool.ts';

/** Runs a command of the fixed list, or several joined by pipes, in a sandbox without network. */
export function executeCommand(sandbox: Sandbox, runs: ExclusiveRuns): Tool {
  return defineTool({
    name: 'execute_command',
    title: 'Execute a command',
    description: `Runs a command in a sandbox that sees the workspace read-only and no network. Commands may be joined by |, there is no shell. Allowed: ${Object.keys(commandTable).join(', ')}.`,
    scope: 'execute:commands',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    input: z.object({ command: z.string().min(1).max(1_000).describe('For example: ps aux | head -5') }),
    output: z.object({
      stdout: z.string(),
      stderr: z.string(),
      exit_code: z.int(),
      duration_ms: z.int(),
      truncated: z.boolean(),
      sandboxed: z.literal(true),
      note: z.string(),
    }),
    run: async ({ command }, { caller, signal }) => {
      const stages = parseCommand(command);
      const result = await runs.run(caller.person.subject, () => runStages(sandbox, stages, { signal }));
      return {
        stdout: result.stdout,
        stderr: result.stderr,
        exit_code: result.exitCode,
        duration_ms: result.durationMs,
        truncated: result.truncated,
        sandboxed: true as const,
        note: noteOn(
          result,
          stages.some(({ name }) => name === 'ps'),
        ),
      };
    },
  });
}

function noteOn(result: RunResult, showsProcesses: boolean): string {
  const notes = ['Ran in a sandbox: no network, the workspace read-only.'];
  if (showsProcesses) notes.push('The processes listed are those of the sandbox, not of the machine.');
  if (result.timedOut) notes.push(`Stopped after ${defaultRunLimits.timeoutMs / 1_000} s.`);
  if (result.truncated) notes.push(`Output beyond ${defaultRunLimits.maxBytes / 1_024} KiB was thrown away.`);
  return notes.join(' ');
}
