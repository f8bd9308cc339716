/** The pre-registered first-party OAuth clients. */
export const dashboardClientId = 'countersign-dashboard';
export const chatClientId = 'countersign-chat';

/** Those through which people work here; their own pages ask, so nothing is asked twice by itself. */
export const ownClientIds: readonly string[] = [chatClientId, dashboardClientId];

/** The MCP server when it asks the API for somebody: it exchanges their token for one of the API (RFC 8693). */
export const mcpServerClientId = 'countersign-mcp-server';

/** Whether the client is ours: it skips consent and ends with a sign-out. */
export function isFirstParty(clientId: string | undefined): boolean {
  return clientId !== undefined && ownClientIds.includes(clientId);
}
