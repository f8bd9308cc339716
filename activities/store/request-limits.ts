import { sql, type ExpressionBuilder } from 'kysely';
import { isFirstParty, ownClientIds } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { DbOrTrx } from './connect.ts';
import type { Database } from './schema.ts';

/** Of one person; each is a day of a workflow and a line in every approver's queue. */
const maxOpenRequests = 50;

/** Of one person through all clients of other people together: the person's own apps keep the rest. */
const maxOpenOfClients = 40;

/** Of one person through a client of other people: it must not fill the queue. */
const maxOpenOfClient = 10;

/** Once this person's other clients have so many waiting, a client may have {@link sureOfClient} and no more. */
const manyOfOtherClients = 20;

/** What a client may have waiting however many the others have: two alone cannot keep the others from asking. */
const sureOfClient = 3;

/** New ones of one person through a client of other people: asked for and withdrawn, each is work and entries all the same. */
const maxNewOfClient = 30;
const newWithinMinutes = 10;

/** Whose requests are counted. */
interface Asker {
  subject: string;
  clientId: string;
}

/** What one has asked for before, counted by the database. */
export interface CountsBefore {
  open_before: string | null;
  open_of_client: string | null;
  open_of_other_clients: string | null;
  new_of_client: string | null;
}

/** Any number fixed for all processes; with the person, the key of PostgreSQL's advisory lock around counting them. */
const openRequestsLockKey = 20_261_127;

/** One new request of a person at a time: many at once would each count those before them only. */
export async function holdOpenRequests(trx: DbOrTrx, subject: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${openRequestsLockKey}::int, hashtext(${subject}))`.execute(trx);
}

/** The columns of {@link CountsBefore}, for the statement that inserts one more: it does not see what it inserts. */
export function countsBefore(eb: ExpressionBuilder<Database, 'scope_requests'>, { subject, clientId }: Asker) {
  const ofPerson = eb
    .selectFrom('scope_requests as others')
    .select((others) => others.fn.countAll<string>().as('count'))
    .where('others.subject', '=', subject);
  const open = ofPerson.where('others.status', 'in', ['requested', 'pending']);
  const ofClient = ofPerson.where('others.client_id', '=', clientId);
  return [
    open.as('open_before'),
    open.where('others.client_id', '=', clientId).as('open_of_client'),
    open
      .where('others.client_id', '!=', clientId)
      .where('others.client_id', 'not in', [...ownClientIds])
      .as('open_of_other_clients'),
    ofClient
      .where('others.created_at', '>', sql<Date>`now() - make_interval(mins => ${newWithinMinutes})`)
      .as('new_of_client'),
  ] as const;
}

/**
 * Approvers must be able to find the real requests among them.
 *
 * @throws {DomainError} `rate_limited` for one more than may wait, or may be made in a while.
 */
export function refuseTooMany({ clientId }: Asker, before: CountsBefore): void {
  if (Number(before.open_before) >= maxOpenRequests) {
    throw tooMany(
      `You have ${maxOpenRequests} requests waiting already. Withdraw some, or wait until they are decided.`,
    );
  }
  if (isFirstParty(clientId)) return;
  const [ofClient, ofOthers] = [Number(before.open_of_client), Number(before.open_of_other_clients)];
  if (ofClient >= maxOpenOfClient) {
    throw tooMany(
      `${maxOpenOfClient} requests of this client wait already: withdraw some, or wait until they are decided.`,
    );
  }
  if (ofClient >= sureOfClient && ofOthers >= manyOfOtherClients) {
    throw tooMany(
      `Other connected apps have ${ofOthers} requests of yours waiting, so that this one may have ${sureOfClient}. ${makeRoom}`,
    );
  }
  if (ofClient + ofOthers >= maxOpenOfClients) {
    throw tooMany(`Your connected apps have ${maxOpenOfClients} requests waiting together. ${makeRoom}`);
  }
  if (Number(before.new_of_client) >= maxNewOfClient) {
    throw tooMany(
      `This client has made ${maxNewOfClient} requests within ${newWithinMinutes} minutes. Try again in a while.`,
    );
  }
}

const makeRoom = 'Withdraw some, disconnect what you do not need under “Your access”, or wait until they are decided.';

function tooMany(message: string): DomainError {
  return new DomainError('rate_limited', message);
}
