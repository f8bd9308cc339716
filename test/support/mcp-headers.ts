/** What a client of the MCP server's Streamable HTTP sends with each request. */
export const mcpClientHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
