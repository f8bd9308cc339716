import { randomUUID } from 'node:crypto';
import { findConsent, recordConsent } from '../../activities/store/client-consents.ts';
import { beginClientSignIn, signInIdOf } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';

/** Signs a person in at somebody else's client, to which they consent. @returns the `sid` of its tokens */
export async function signInAtClient(db: Db, of: { subject: string; clientId: string }): Promise<string> {
  const grantId = randomUUID();
  if ((await findConsent(db, of)) === undefined) {
    await recordConsent(db, of, new Date(), { offline: false, name: 'An agent' });
  }
  if (!(await beginClientSignIn(db, { ...of, grantId, accountSessionId: undefined }, new Date()))) {
    throw new Error('nobody was signed in');
  }
  return signInIdOf(grantId);
}
