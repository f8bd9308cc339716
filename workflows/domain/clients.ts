/** The auth server’s own pages: the dashboard, consents and the waiting page. */
export const dashboardClientId = 'countersign-dashboard';
/** The chat app, whose agent asks for its person. */
export const chatClientId = 'countersign-chat';

/** Those through which people work here; their own pages ask, so nothing is asked twice by itself. */
export const ownClientIds: readonly string[] = [chatClientId, dashboardClientId];

/** The MCP server when it asks the API for somebody: it exchanges their token for one of the API (RFC 8693). */
export const mcpServerClientId = 'countersign-mcp-server';

/** Whether the client is ours: it skips consent and ends with a sign-out. */
export function isFirstParty(clientId: string | undefined): boolean {
  return clientId !== undefined && ownClientIds.includes(clientId);
}

/**
 * Whether it is known who a client is, by what people here call it: our own, registered by the owner, or named by an admin.
 * Pure.
 */
export function isVerified(clientId: string, name: string | null | undefined): boolean {
  return isFirstParty(clientId) || typeof name === 'string';
}
