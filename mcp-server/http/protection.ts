import type { ToolScopes } from '../auth/tool-scopes.ts';
import type { VerifiedToken } from '../auth/verify-access-token.ts';
import type { Authority, Log, RefusedTokens } from '../ports.ts';

/** A resource server as clients get to know it. */
export interface ResourceDescription {
  /** Its identifier (RFC 8707): the address of its MCP endpoint. */
  resource: string;
  issuer: string;
  /** As people see it. */
  name: string;
}

/** What stands between the network and an MCP handler. */
export interface Protection extends ResourceDescription {
  verify(token: string): Promise<VerifiedToken>;
  authority: Authority;
  /** For an authority that judges a call as it is asked about the caller. */
  toolScopes?: ToolScopes;
  refusals: RefusedTokens;
  logger: Log;
}
