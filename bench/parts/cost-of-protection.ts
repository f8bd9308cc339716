import { readFile, writeFile } from 'node:fs/promises';
import * as oauth from 'openid-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { addResourceServer } from '../../activities/store/resource-servers.ts';
import { connect } from '../../activities/store/connect.ts';
import { freePort } from '../../cli/embedded/free-port.ts';
import { runningDatabaseUrl } from '../../cli/embedded/running-database.ts';
import { person } from '../../test/interop/support/person.ts';
import { signInAsChat } from '../../test/support/chat-tokens.ts';
import { compared, inTurns, timed, type Figure, type Times } from '../figures.ts';
import { postJson, textOf } from '../http.ts';
import { callTool } from '../call-tool.ts';
import { startReference } from '../reference/start-process.ts';
import type { World } from '../world.ts';

const wrongPerSecond = 1_000;

/**
 * (i) A call behind what protects it, against the same tool bare in the same process; and right calls while somebody sends
 * wrong tokens.
 */
export async function costOfProtection(world: World): Promise<Figure[]> {
  const { product } = world;
  const own = `http://localhost:${product.ports.mcp}/mcp`;
  const chat = await signInAsChat(product, 'manager@example.com');
  const api = `Bearer ${await chat.tokenFor(`${product.issuer}/api`)}`;
  const asked = await postJson(
    `${product.issuer}/api/upgrade-scope`,
    { scopes: ['read:files'] },
    { authorization: api },
  );
  const token = textOf(asked, 'new_token');
  const other = await otherServer(world);
  const process = await startReference('protected-tools.ts', [
    JSON.stringify({
      issuer: product.issuer,
      databaseUrl: world.databaseUrl,
      workspace: world.workspace,
      own,
      other,
    }),
  ]);
  try {
    const ports = process.ready['ports'] as Record<string, number>;
    const side = (name: string, bearer?: string) => () =>
      timed(() => callTool(`http://localhost:${ports[name] ?? 0}/mcp`, 'list_files', bearer));
    const lines: readonly [name: string, what: string, aim?: string][] = [
      ['token', 'protected, no scope needed: signature and claims checked, the authority knows the caller', '≤ 1.2'],
      ['known', 'protected, a scope needed: judged besides, the authority knows the grant', '≤ 1.2'],
      ['checked', 'the same, sign-in, account, policy and grant asked of the database at each call', '≤ 1.5'],
      ['recorded', 'the same, and the call recorded, on the disk before its result is handed out'],
      ['changing', 'the same for a tool that may change something: on the disk before it runs'],
      ['introspection', 'all of it asked of the auth server by introspection and recorded there (one request)'],
    ];
    const names = lines.map(([name]) => name);
    const [reference, ...ours] = await inTurns(
      [side('bare'), ...names.map((name) => side(name, name === 'introspection' ? other.token : token))],
      300,
      50,
    );
    if (reference === undefined) throw new Error('not measured');
    return [
      ...lines.map(([, what, aim], index) =>
        compared({
          part: 'i',
          unit: 'ms',
          what,
          ours: ours[index] ?? reference,
          reference,
          ...(aim === undefined ? {} : { aim }),
        }),
      ),
      await underWrongTokens(own, token),
    ];
  } finally {
    process.stop();
  }
}

/** Right calls at our own server, while another process sends wrong tokens there and before. */
async function underWrongTokens(url: string, token: string): Promise<Figure> {
  const calls = async (): Promise<Times> => {
    const [times] = await inTurns([() => timed(() => callTool(url, 'list_files', token))], 300, 50);
    if (times === undefined) throw new Error('not measured');
    return times;
  };
  const before = await calls();
  const flood = await startReference('wrong-tokens.ts', [url, token, String(wrongPerSecond)]);
  try {
    await sleep(1_000);
    const during = await calls();
    const refused = await flood.asked<{ refusedPerSecond: number }>();
    return compared({
      part: 'i',
      what: `right calls beside ${Math.round(refused.refusedPerSecond)} wrong tokens a second, against alone`,
      unit: 'ms',
      ours: during,
      reference: before,
      aim: `≤ 1.5 at ${wrongPerSecond.toLocaleString('en-US')}`,
    });
  } finally {
    flood.stop();
  }
}

/** Somebody else's server in the policy, its credentials, and a token for it of a manager, who gets its scope at once. */
async function otherServer({ product, policyFile }: World) {
  const port = await freePort();
  const resource = `http://localhost:${port}/mcp`;
  const text = await readFile(policyFile, 'utf8');
  const scope = `  read:bench:\n    description: For the benchmark\n    risk: low\n    resource: bench\n    granted_at_once_to: [manager]\n    otherwise: admin\n    approvers: [admin]\n`;
  await writeFile(
    policyFile,
    text.replace(/^scopes:\n/m, `resources:\n  bench: { identifier: "${resource}", name: Bench }\n\n$&${scope}`),
  );
  const url = await runningDatabaseUrl(product.stateFolder);
  if (url === undefined) throw new Error('no database');
  const owner = connect(url, { max: 1 });
  try {
    const { clientId, secret: clientSecret } = await soon(() => addResourceServer(owner.db, 'bench', new Date()));
    return { resource, port, clientId, clientSecret, token: await tokenFor(product.issuer, resource) };
  } finally {
    await owner.close();
  }
}

/** An edit of the policy is live within a second or two. */
async function soon<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt > 50) throw error;
      await sleep(100);
    }
  }
}

/** As any client gets one: registered, consented to, by code and PKCE. */
async function tokenFor(issuer: string, resource: string): Promise<string> {
  const redirect = 'http://127.0.0.1:9/callback';
  const registered = await postJson(
    `${issuer}/oauth/register`,
    { client_name: 'Benchmark', redirect_uris: [redirect] },
    {},
  );
  const client = await oauth.discovery(new URL(issuer), textOf(registered, 'client_id'), undefined, oauth.None(), {
    execute: [oauth.allowInsecureRequests],
  });
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const address = oauth.buildAuthorizationUrl(client, {
    redirect_uri: redirect,
    scope: 'none read:bench',
    resource,
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const manager = await person(issuer, 'manager@example.com');
  const callback = await manager.answerOf(address.href);
  const tokens = await oauth.authorizationCodeGrant(client, callback, { pkceCodeVerifier }, { resource });
  return tokens.access_token;
}
