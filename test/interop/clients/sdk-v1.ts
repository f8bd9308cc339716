import { UnauthorizedError, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { runHost } from './host.ts';

// This SDK leaves errors of the answer to the app, which tells its user and calls nothing again.
await runHost('An app on SDK v1', async (serverUrl, { provider, answer }) => {
  const open = () =>
    new StreamableHTTPClientTransport(serverUrl, { authProvider: provider as unknown as OAuthClientProvider });
  const client = new Client({ name: 'interop-v1', version: '1.0.0' });
  let transport = open();
  const connect = () => client.connect(transport);
  const signedIn = async <T>(work: () => Promise<T>, again: () => Promise<T> = work): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      const params = await answer();
      if (params.has('error')) {
        throw new Error(`${params.get('error')}: ${params.get('error_description')}`, { cause: error });
      }
      await transport.finishAuth(params.get('code') ?? '');
      return again();
    }
  };
  await signedIn(connect, () => {
    transport = open();
    return connect();
  });
  await client.listTools();
  return (name, args) => signedIn(() => client.callTool({ name, arguments: args }));
});
