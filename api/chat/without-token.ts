import type { UpgradeScopeResponse } from '../contract/scope-requests.ts';

/** The answer as the browser may have it: tokens stay on the server. */
export function withoutToken(answer: UpgradeScopeResponse): UpgradeScopeResponse {
  if (answer.status === 'denied') return answer;
  const { new_token: _token, ...rest } = answer;
  return rest;
}
