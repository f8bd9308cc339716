import type { CallToolResult } from '@modelcontextprotocol/server';
import { isElevated } from '../../workflows/domain/scopes.ts';
import { callEntry } from '../auth/call-entry.ts';
import type { CallPermit } from '../auth/call-permits.ts';
import type { Authority, Log } from '../ports.ts';
import { failed } from './tool-failure.ts';

/** Records how every protected call ended; that it began, its permit records (RULES 25). */
export class CallRecorder {
  readonly #authority: Pick<Authority, 'audit'>;
  readonly #logger: Log;

  constructor(authority: Pick<Authority, 'audit'>, logger: Log) {
    this.#authority = authority;
    this.#logger = logger;
  }

  /** Runs a call and records it. What cannot be recorded is not handed out. */
  async record(permit: CallPermit, run: () => Promise<CallToolResult>): Promise<CallToolResult> {
    const started = performance.now();
    const result = await run();
    if (!isElevated(permit.scope)) return result;
    const durationMs = Math.round(performance.now() - started);
    try {
      const begun = await permit.begun;
      const outcome = begun ? (result.isError === true ? 'failed' : 'succeeded') : 'withheld';
      const entry = callEntry('tool.finished', permit, { outcome, duration_ms: durationMs });
      await this.#authority.audit({ token: permit.caller.token(), entry, synced: !permit.synced });
      if (begun) return result;
      return failed(
        'insufficient_scope',
        `The grant of ${permit.scope} ended as the call began, so its result is withheld. Ask for the scope again.`,
      );
    } catch (error) {
      this.#logger.error({ err: error, tool: permit.toolName }, 'a call could not be recorded');
      return failed(
        'temporarily_unavailable',
        'The call ran, but it could not be recorded, so its result is withheld.',
      );
    }
  }

  /** Reports an error that no tool should throw. */
  unexpected(toolName: string, error: unknown): void {
    this.#logger.error({ err: error, tool: toolName }, 'tool failed unexpectedly');
  }
}
