import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { runHost } from './host.ts';

// As an app does it: when the SDK has sent the person away, finish with the answer, then do again what was refused.
await runHost('An app on SDK v2', async (serverUrl, { provider, answer }) => {
  const open = () => new StreamableHTTPClientTransport(serverUrl, { authProvider: provider });
  const client = new Client({ name: 'interop-v2', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  let transport = open();
  const signedIn = async <T>(work: () => Promise<T>, again: () => Promise<T> = work): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(await answer());
      return again();
    }
  };
  await signedIn(
    () => client.connect(transport),
    () => {
      transport = open();
      return client.connect(transport);
    },
  );
  await client.listTools();
  return (name, args) => signedIn(() => client.callTool({ name, arguments: args }));
});
