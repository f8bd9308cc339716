import type { z } from 'zod';
import type { Db } from '../../activities/store/connect.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { findPerson, findPersonByEmail, type Account } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isClientVerified } from '../../activities/store/verified-clients.ts';
import { isAuditor } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { clientIntros } from '../clients/client-intro.ts';
import type { ListedTool, listToolsQuerySchema, ToolList } from '../contract/tools.ts';
import { isOtherPeoplesClient, overOthers, type Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';
import { toolAccess } from './tool-access.ts';

/** What listing tools takes. */
export type ToolsDeps = Pick<ApprovalDeps, 'db' | 'now' | 'registeredName'>;

/**
 * Every tool of live policy, and whether the caller, or whoever an auditor asks about, may call it. Other people's client
 * is told of no client but itself.
 *
 * @throws {DomainError} `not_auditor` for somebody else's, `not_found` for nobody's and of such a client for another's
 */
export async function listTools(
  deps: ToolsDeps,
  caller: Caller,
  query: z.output<typeof listToolsQuerySchema>,
): Promise<ToolList> {
  const { db } = deps;
  const clientId = query.client_id ?? caller.clientId;
  if (clientId !== caller.clientId && isOtherPeoplesClient(caller)) {
    await recordRefusedAccess(db, caller, { what: 'tools', code: 'not_found' });
    throw new DomainError('not_found', 'There is no such client, or it is not yours to see.');
  }
  const person = await personAskedAbout(db, caller, query.subject);
  const now = deps.now();
  const of = { subject: person.subject, client_id: clientId };
  const [policy, held, clientVerified, introOf] = await Promise.all([
    livePolicy(db),
    heldScopes(db, { subject: person.subject, clientId }, now),
    isClientVerified(db, clientId),
    clientIntros(deps, [of]),
  ]);
  const tools: ListedTool[] = Object.keys(policy.tools)
    .sort()
    .map((name) => toolAccess(policy, { person, clientId, clientVerified, held }, name));
  const { name, verified, first_party } = introOf(of);
  return {
    subject_email: person.email,
    client_id: clientId,
    client: { name, verified, first_party },
    tools,
    now: now.toISOString(),
  };
}

async function personAskedAbout(db: Db, caller: Caller, given: string | undefined): Promise<Account> {
  const { person } = caller;
  if (given === undefined || given === person.subject || given.toLowerCase() === person.email.toLowerCase()) {
    return person;
  }
  if (!isAuditor(overOthers(caller))) {
    await recordRefusedAccess(db, caller, { what: 'tools' });
    throw new DomainError('not_auditor', 'What somebody else may call is for auditors and admins to see.');
  }
  const found = given.includes('@') ? await findPersonByEmail(db, given) : await findPerson(db, given);
  if (found === undefined) throw new DomainError('not_found', 'There is nobody of that address or id.');
  return found;
}
