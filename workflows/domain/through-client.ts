import { chatClientId } from './clients.ts';
import type { Policy, Risk } from './policy.ts';

/** The request as far as it matters for whether it may be decided through a client. */
export interface RequestOfClient {
  clientId: string;
  scopes: readonly string[];
  risk: Risk | null;
}

/**
 * Why a decision may not come through that client, or `undefined` when it may (RULES 3): never the chat agent's own,
 * never the one that asks, never what is critical. Otherwise an approver's prompt-injected agent could approve.
 */
export function whyNotThroughClient(policy: Policy, clientId: string, request: RequestOfClient): string | undefined {
  if (clientId === chatClientId) return 'The chat agent decides nothing. Decide in the dashboard instead.';
  if (clientId === request.clientId) {
    return 'This request came from the same client, which cannot decide it. Decide in the dashboard instead.';
  }
  const risks = request.scopes.map((scope) =>
    Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope]?.risk : undefined,
  );
  const critical = [request.risk ?? undefined, ...risks].some((risk) => risk === undefined || risk === 'critical');
  return critical ? 'What is critical is decided in the dashboard only, never through a client.' : undefined;
}
