import { expect, it } from 'vitest';
import { TokensAhead } from '../../activities/chat/tokens-ahead.ts';
import type { TokenRequest } from '../../activities/chat/token-source.ts';

const resource = 'http://localhost:8001/mcp';

function ahead(): { tokens: TokensAhead; asked: TokenRequest[] } {
  const asked: TokenRequest[] = [];
  const source = { token: (request: TokenRequest) => (asked.push(request), Promise.reject(new Error('away'))) };
  return { tokens: new TokensAhead(source, resource), asked };
}
const grant = { kind: 'grant', id: 'gra_1', subject: 'usr_1' } as const;
const changed = { kind: 'chat_session', id: 'chat_1', subject: 'usr_1' } as const;

it('asks once for the token of a call that a grant has released', () => {
  const { tokens, asked } = ahead();
  tokens.parked('chat_1');
  tokens.seen(changed);
  tokens.seen(grant);
  tokens.seen(changed);
  tokens.seen(changed);
  expect(asked).toEqual([{ subject: 'usr_1', sessionId: 'chat_1', resource }]);
});

it('asks for nothing where the grant came before the call was parked, is somebody else’s, or the call waits elsewhere', () => {
  const { tokens, asked } = ahead();
  tokens.seen(grant);
  tokens.parked('chat_1');
  tokens.seen({ ...grant, subject: 'usr_2' });
  tokens.seen(changed);
  tokens.seen(grant);
  tokens.seen({ ...changed, id: 'chat_2' });
  expect(asked).toEqual([]);
});
