import { DomainError } from '../../workflows/domain/errors.ts';
import type { ToolDescription } from './model-port.ts';
import type { TokenSource } from './token-source.ts';
import type { ToolServer } from './tool-server.ts';

/** For whom the tools are listed. */
export interface ToolUser {
  subject: string;
  sessionId: string;
}

/** The tools a server offers, remembered for a short while. */
export interface ToolCatalogue {
  /** @throws {DomainError} `not_signed_in`, `temporarily_unavailable` */
  list(user: ToolUser): Promise<readonly ToolDescription[]>;
}

/** Remembers the list per person for `lifeMs`: a server that restarts with other tools is noticed soon. */
export function createToolCatalogue(deps: {
  server: ToolServer;
  tokens: TokenSource;
  resource: string;
  now: () => Date;
  lifeMs?: number;
}): ToolCatalogue {
  const lifeMs = deps.lifeMs ?? 60_000;
  const known = new Map<string, { tools: readonly ToolDescription[]; until: number }>();
  return {
    async list({ subject, sessionId }) {
      const at = deps.now().getTime();
      const remembered = known.get(subject);
      if (remembered !== undefined && at < remembered.until) return remembered.tools;
      const wanted = { subject, sessionId, resource: deps.resource };
      const tools = await deps.server.list(await deps.tokens.token(wanted)).catch((cause: unknown) => {
        // Perhaps it was the token: the next try, a moment later, asks for another one.
        deps.tokens.forget(subject);
        throw new DomainError(
          'temporarily_unavailable',
          'The tool server cannot be reached right now. Try again in a moment.',
          { cause },
        );
      });
      for (const [person, { until }] of known) if (until <= at) known.delete(person);
      known.set(subject, { tools, until: at + lifeMs });
      return tools;
    },
  };
}
