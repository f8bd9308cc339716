import type { DbOrTrx } from './connect.ts';

/** What is known about a client, to somebody who is to decide about it. */
export interface ClientNames {
  /** What it called itself when the person let it act for them; null where it did not. */
  calledItself: string | null;
  /** What admins call it. */
  knownAs: string | null;
  /** Since when the person lets it act for them. */
  since: Date | null;
}

/** A person and a client of theirs. */
export interface PersonsClient {
  subject: string;
  client_id: string;
}

/** What these clients are called, each as its person knows it: read in two queries, however many there are. */
export async function clientNames(
  db: DbOrTrx,
  of: readonly PersonsClient[],
): Promise<(one: PersonsClient) => ClientNames> {
  const ids = [...new Set(of.map(({ client_id }) => client_id))];
  const subjects = [...new Set(of.map(({ subject }) => subject))];
  const [consents, states] =
    ids.length === 0
      ? [[], []]
      : await Promise.all([
          db
            .selectFrom('client_consents')
            .select(['subject', 'client_id', 'client_name', 'consented_at'])
            .where('subject', 'in', subjects)
            .where('client_id', 'in', ids)
            .execute(),
          db.selectFrom('client_states').select(['client_id', 'name']).where('client_id', 'in', ids).execute(),
        ]);
  return ({ subject, client_id: id }) => {
    const consent = consents.find((row) => row.subject === subject && row.client_id === id);
    return {
      calledItself: consent?.client_name ?? null,
      knownAs: states.find((row) => row.client_id === id)?.name ?? null,
      since: consent?.consented_at ?? null,
    };
  };
}
