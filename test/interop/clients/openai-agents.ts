import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { runHost } from './host.ts';

/** As much of `@openai/agents` as an app needs; installed beside this, in the folder that the second argument names. */
interface AgentsModule {
  MCPServerStreamableHttp: new (options: { url: string; authProvider: unknown }) => {
    connect(): Promise<void>;
    listTools(): Promise<unknown>;
    callTool(name: string, args: Record<string, unknown>): Promise<unknown>;
  };
}

const require = createRequire(join(process.argv[3] ?? '', 'package.json'));
const entry = pathToFileURL(require.resolve('@openai/agents').replace(/\.js$/, '.mjs')).href;
const { MCPServerStreamableHttp } = (await import(entry)) as AgentsModule;

// Its errors are of its own copy of the SDK: told by name. It finishes no sign-in, which is left to the app.
await runHost('An app on OpenAI agents', async (serverUrl, { provider, answer }) => {
  const server = new MCPServerStreamableHttp({ url: serverUrl.href, authProvider: provider });
  const signedIn = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== UnauthorizedError.name) throw error;
      await new StreamableHTTPClientTransport(serverUrl, { authProvider: provider }).finishAuth(await answer());
      return work();
    }
  };
  await signedIn(() => server.connect());
  await server.listTools();
  return async (name, args) => {
    const result = await signedIn(() => server.callTool(name, args));
    // A list of contents, with the rest of the result beside it.
    return Array.isArray(result) ? Object.assign({ content: result }, (result as { metadata?: object }).metadata) : {};
  };
});
