import { signInAsChat } from '../../test/support/chat-tokens.ts';
import { callTool } from '../call-tool.ts';
import { compared, inTurns, timed, type Figure } from '../figures.ts';
import { postJson, textOf } from '../http.ts';
import type { World } from '../world.ts';

/** (d) A tool call with its authorization, against the same tool on a bare SDK server. */
export async function toolCall({ product, bareTools }: World): Promise<Figure[]> {
  const mcp = `http://localhost:${product.ports.mcp}/mcp`;
  const tokens = await signInAsChat(product, 'manager@example.com');
  const plain = await tokens.tokenFor(mcp);
  const api = `Bearer ${await tokens.tokenFor(`${product.issuer}/api`)}`;
  const upgraded = await postJson(
    `${product.issuer}/api/upgrade-scope`,
    { scopes: ['read:files'] },
    { authorization: api },
  );
  const elevated = textOf(upgraded, 'new_token');

  const sides = [
    () => timed(() => callTool(mcp, 'get_server_info', plain)),
    () => timed(() => callTool(bareTools, 'get_server_info')),
    () => timed(() => callTool(mcp, 'list_files', elevated)),
    () => timed(() => callTool(bareTools, 'list_files')),
  ];
  const [plainOurs, plainBare, elevatedOurs, elevatedBare] = await inTurns(sides, 300, 50);
  if (!plainOurs || !plainBare || !elevatedOurs || !elevatedBare) throw new Error('not measured');
  const shared = { part: 'd', unit: 'ms' } as const;
  return [
    compared({
      ...shared,
      what: 'tool call without an elevated scope (token verified, account and policy looked up)',
      ours: plainOurs,
      reference: plainBare,
      aim: '≤ 1.2',
    }),
    compared({
      ...shared,
      what: 'tool call with an elevated scope (grant checked, call recorded before and after)',
      ours: elevatedOurs,
      reference: elevatedBare,
      aim: '≤ 1.5',
    }),
  ];
}
