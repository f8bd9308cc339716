import type { KnownPerson } from '../ports.ts';
import { AuthorizationToolError } from './envelope.ts';

/**
 * Who calls, for whoever names them: the token has said it already.
 *
 * @throws {AuthorizationToolError} `identity_mismatch`
 */
export function refuseOtherIdentity(
  person: KnownPerson,
  claims: { user_id?: string | undefined; approved_by?: string | undefined },
): void {
  for (const [name, claimed] of Object.entries({ user_id: claims.user_id, approved_by: claims.approved_by })) {
    if (claimed === undefined) continue;
    if (claimed === person.subject || claimed.toLowerCase() === person.email.toLowerCase()) continue;
    throw new AuthorizationToolError(
      'identity_mismatch',
      `${name} names somebody else. Who you are stands in your token; leave it out.`,
    );
  }
}
