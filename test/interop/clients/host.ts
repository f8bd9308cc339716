import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { failureOf, outcomeOf, type CallOutcome } from './outcome.ts';

/** What the two programs say to each other, a line of JSON each. */
export type HostLine =
  { ready: true } | { open: string } | { id: number; outcome: CallOutcome } | { broken: string; stack: string };
export interface HostCall {
  id: number;
  tool: string;
  args: Record<string, unknown>;
}

/** What an app brings to an SDK: a place for credentials in memory, a browser, and a loopback address for answers. */
export interface Host {
  provider: OAuthClientProvider;
  /** The parameters of the next answer that arrives at the loopback address. */
  answer(): Promise<URLSearchParams>;
}

/**
 * Runs an app around an SDK's client as a process of its own: it prints where people have to go, takes calls on its
 * standard input, and prints what became of them.
 *
 * @param connect connects the client; the function that comes back calls a tool.
 */
export async function runHost(
  clientName: string,
  connect: (serverUrl: URL, host: Host) => Promise<(tool: string, args: Record<string, unknown>) => Promise<object>>,
): Promise<void> {
  const say = (line: HostLine) => process.stdout.write(`${JSON.stringify(line)}\n`);
  try {
    const serverUrl = new URL(process.argv[2] ?? '');
    const call = await connect(serverUrl, await openHost(clientName, (address) => say({ open: address })));
    say({ ready: true });
    createInterface({ input: process.stdin })
      .on('line', (line) => {
        const { id, tool, args } = JSON.parse(line) as HostCall;
        void call(tool, args).then(
          (result) => say({ id, outcome: outcomeOf(result) }),
          (error: unknown) => say({ id, outcome: failureOf(error) }),
        );
      })
      .on('close', () => process.exit(0));
  } catch (error) {
    const { message, stack = '' } = error as Error;
    say({ broken: message, stack });
    process.exitCode = 1;
  }
}

async function openHost(clientName: string, open: (address: string) => void): Promise<Host> {
  const waiting: ((params: URLSearchParams) => void)[] = [];
  const arrived: URLSearchParams[] = [];
  const listener = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    // A browser also asks for an icon.
    if (pathname !== '/callback') {
      response.writeHead(204).end();
      return;
    }
    const next = waiting.shift();
    if (next === undefined) arrived.push(searchParams);
    else next(searchParams);
    response.end('You can close this page.');
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const redirectUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;

  const kept: {
    client?: StoredOAuthClientInformation;
    tokens?: StoredOAuthTokens;
    verifier?: string;
    discovery?: OAuthDiscoveryState;
  } = {};
  const clientMetadata: OAuthClientMetadata = {
    client_name: clientName,
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  return {
    provider: {
      redirectUrl,
      clientMetadata,
      state: () => randomUUID(),
      clientInformation: () => kept.client,
      saveClientInformation: (client) => {
        kept.client = client;
      },
      tokens: () => kept.tokens,
      saveTokens: (tokens) => {
        kept.tokens = tokens;
      },
      codeVerifier: () => kept.verifier ?? '',
      saveCodeVerifier: (verifier) => {
        kept.verifier = verifier;
      },
      discoveryState: () => kept.discovery,
      saveDiscoveryState: (state) => {
        kept.discovery = state;
      },
      redirectToAuthorization: (address) => open(address.href),
    },
    answer: () => {
      const params = arrived.shift();
      return params === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(params);
    },
  };
}
