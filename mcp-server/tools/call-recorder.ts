import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { CallPermit } from '../auth/call-permits.ts';
import type { Caller } from '../auth/caller.ts';
import type { Authority } from '../ports.ts';
import { failed } from './tool-failure.ts';

/** Writes an audit entry for every protected call: grant, tool, argument digest, outcome (RULES 25). */
export class CallRecorder {
  readonly #authority: Pick<Authority, 'audit'>;
  readonly #logger: Logger;

  constructor(authority: Pick<Authority, 'audit'>, logger: Logger) {
    this.#authority = authority;
    this.#logger = logger;
  }

  /** Runs a call and records it. What cannot be recorded is not handed out. */
  async record(caller: Caller, permit: CallPermit, run: () => Promise<CallToolResult>): Promise<CallToolResult> {
    const started = performance.now();
    const result = await run();
    if (!isElevated(permit.scope)) return result;
    try {
      await this.#authority.audit({
        type: 'tool.called',
        actor: caller.person.subject,
        subject: caller.person.subject,
        clientId: caller.clientId,
        grantId: permit.grantId ?? null,
        scopes: [permit.scope],
        data: {
          tool: permit.toolName,
          argument_digest: permit.argumentDigest,
          outcome: result.isError === true ? 'failed' : 'succeeded',
          duration_ms: Math.round(performance.now() - started),
          jti: caller.jti,
        },
      });
      return result;
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
