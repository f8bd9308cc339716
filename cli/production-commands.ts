import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Connection } from '../activities/store/connect.ts';
import { ConfigurationError, processEnvironment } from './configuration.ts';
import type { Progress } from './progress.ts';
import type { StopRequest } from './stop-request.ts';
import { tellGrantsEnded } from './tell-grants-ended.ts';

/**
 * `countersign policy <file>`: makes the file live, and each later edit of it, until stopped. `check` only reads it,
 * `once` activates and ends.
 *
 * @throws {PolicyFileError} for a file that cannot be used
 */
export async function runPolicyCommand(
  file: string,
  options: { once?: true; check?: true },
  progress: Progress,
  stop: StopRequest,
): Promise<void> {
  const path = resolve(file);
  const { activatePolicyFile, readPolicyFile } = await import('../activities/policy/activate-policy-file.ts');
  const { policy } = await readPolicyFile(path);
  if (options.check === true) {
    progress.say(`${path} is a policy, version ${policy.version}; nothing was changed`);
    return;
  }
  const temporal = temporalOf();
  const connection = await connectAsOwner();
  try {
    const { replaced, changes, endedRequests } = await activatePolicyFile({ db: connection.db, path });
    const what = changes.length === 0 ? 'as before' : `with:\n${changes.map((line) => `  - ${line}`).join('\n')}`;
    progress.say(
      `${path} is live as ${policy.version}, ${replaced === undefined && changes.length > 0 ? 'the first' : what}`,
    );
    if (options.once === true) {
      await tellGrantsEnded(temporal, endedRequests);
      return;
    }
    const { followPolicyFile } = await import('../activities/policy/follow-policy-file.ts');
    const following = followPolicyFile({
      db: connection.db,
      path,
      untold: endedRequests,
      tellGrantsEnded: (requestIds) => tellGrantsEnded(temporal, requestIds),
      say: progress.say,
    });
    progress.say('following its edits; Ctrl-C stops that and leaves the policy as it is');
    await stop.request;
    await following.close();
  } finally {
    await connection.close();
  }
}

/**
 * `countersign people add`: the first people of a database, who cannot come from the product because nobody is there
 * to ask yet (RULES 4, 5). Audited.
 *
 * @throws {ConfigurationError} for a wrong address or role, or somebody who is there already
 */
export async function addPerson(
  person: { email: string; name: string; roles: readonly string[] },
  progress: Progress,
): Promise<void> {
  const email = person.email.trim();
  if (!/^[^\s@]{1,64}@[^\s@]{1,255}$/.test(email)) throw new ConfigurationError([`"${email}" is no e-mail address`]);
  const wrong = person.roles.filter((role) => !/^[\w-]{1,64}$/.test(role));
  if (wrong.length > 0) throw new ConfigurationError(wrong.map((role) => `"${role}" is no name of a role`));
  const { appendAudit } = await import('../activities/store/audit.ts');
  const { findPersonByEmail, insertPerson } = await import('../activities/store/people.ts');
  const connection = await connectAsOwner();
  try {
    const subject = `usr_${randomUUID()}`;
    await connection.db.transaction().execute(async (trx) => {
      if ((await findPersonByEmail(trx, email)) !== undefined) {
        throw new ConfigurationError([`${email} is there already; roles are changed in the product, by somebody else`]);
      }
      const roles = [...new Set(person.roles)];
      await insertPerson(trx, { subject, email, displayName: person.name, passwordHash: null, roles });
      await appendAudit(trx, { type: 'people.seeded', actor: 'system', subject, data: { people: 1, roles } });
    });
    progress.say(`${email} is ${subject}, with ${person.roles.length === 0 ? 'no roles' : person.roles.join(', ')}`);
  } finally {
    await connection.close();
  }
}

async function connectAsOwner(): Promise<Connection> {
  const url = processEnvironment()['COUNTERSIGN_DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new ConfigurationError(['COUNTERSIGN_DATABASE_URL is not set: the owner role, which alone may write this']);
  }
  const { connect } = await import('../activities/store/connect.ts');
  return connect(url, { max: 1 });
}

function temporalOf(): { address: string; namespace: string } {
  const env = processEnvironment();
  const address = env['COUNTERSIGN_TEMPORAL_ADDRESS'];
  if (address === undefined || address === '') {
    throw new ConfigurationError(['COUNTERSIGN_TEMPORAL_ADDRESS is not set: workflows are told of grants that end']);
  }
  return { address, namespace: env['COUNTERSIGN_TEMPORAL_NAMESPACE'] ?? 'countersign' };
}
