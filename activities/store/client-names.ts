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

/** What this client is called, as the person knows it. */
export async function clientNames(
  db: DbOrTrx,
  { subject, clientId }: { subject: string; clientId: string },
): Promise<ClientNames> {
  const [consent, state] = await Promise.all([
    db
      .selectFrom('client_consents')
      .select(['client_name', 'consented_at'])
      .where('subject', '=', subject)
      .where('client_id', '=', clientId)
      .executeTakeFirst(),
    db.selectFrom('client_states').select('name').where('client_id', '=', clientId).executeTakeFirst(),
  ]);
  return {
    calledItself: consent?.client_name ?? null,
    knownAs: state?.name ?? null,
    since: consent?.consented_at ?? null,
  };
}
