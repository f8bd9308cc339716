import { isElevated } from '../../workflows/domain/scopes.ts';
import type { Authority, LiveScope } from '../ports.ts';
import type { Caller } from './caller.ts';

/** The elevated scopes that the caller's token carries and whose grants are alive at this moment. */
export async function heldScopes(
  authority: Pick<Authority, 'liveScopesOfCredential'>,
  caller: Caller,
): Promise<readonly LiveScope[]> {
  if (!caller.tokenScopes.some(isElevated)) return [];
  const live = await authority.liveScopesOfCredential(caller.jti);
  return live.filter(({ scope }) => caller.tokenScopes.includes(scope));
}
