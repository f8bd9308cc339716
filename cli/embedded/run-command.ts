import { execFile } from 'node:child_process';
import type { Identity } from './child-process.ts';

/** How a command ended. */
export interface CommandResult {
  code: number;
  /** Standard output and error, in that order. */
  output: string;
}

/** How a command is run. */
export interface CommandOptions {
  cwd?: string;
  identity?: Identity | undefined;
  timeoutMs?: number;
  /** Replaces our environment. */
  env?: Record<string, string>;
}

/** Runs a command to its end. A missing program is code 127, as in a shell; it never throws. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      {
        maxBuffer: 64 * 1024 * 1024,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...options.identity,
        ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
        ...(options.env === undefined ? {} : { env: options.env }),
      },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`;
        if (error === null) resolve({ code: 0, output });
        else if (typeof error.code === 'number') resolve({ code: error.code, output });
        else resolve({ code: error.code === 'ENOENT' ? 127 : 1, output: output === '' ? error.message : output });
      },
    );
  });
}
