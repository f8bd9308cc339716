/** The pre-registered first-party OAuth clients. */
export const dashboardClientId = 'countersign-dashboard';
export const chatClientId = 'countersign-chat';

/** Those through which people work here; their own pages ask, so nothing is asked twice by itself. */
export const ownClientIds: readonly string[] = [chatClientId, dashboardClientId];

/** The MCP server when it asks the API for somebody: it exchanges their token for one of the API (RFC 8693). */
export const mcpServerClientId = 'countersign-mcp-server';
