/** The pre-registered first-party OAuth clients. */
export const dashboardClientId = 'countersign-dashboard';
export const chatClientId = 'countersign-chat';

/** The MCP server when it asks the API for somebody: it exchanges their token for one of the API (RFC 8693). */
export const mcpServerClientId = 'countersign-mcp-server';
