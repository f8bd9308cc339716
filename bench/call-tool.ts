/** Calls a tool as lean as can be. @throws when the answer is no result with structured content */
export async function callTool(url: string, name: string, token?: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }),
  });
  const text = await response.text();
  if (!response.ok || !text.includes('structuredContent')) throw new Error(`${name}: ${response.status} ${text}`);
}
