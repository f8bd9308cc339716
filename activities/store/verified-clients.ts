import { isFirstParty } from '../../workflows/domain/clients.ts';
import type { DbOrTrx } from './connect.ts';

/** For queries: somebody here, an admin or the owner, has said who the client is, by giving it a name. */
export function clientNamedSql(parameter: string): string {
  return `exists (select from client_states where client_id = ${parameter} and name is not null)`;
}

/** Whether it is known who the client is: our own, registered by the owner, or named by an admin. */
export async function isClientVerified(db: DbOrTrx, clientId: string): Promise<boolean> {
  if (isFirstParty(clientId)) return true;
  const row = await db
    .selectFrom('client_states')
    .select('client_id')
    .where('client_id', '=', clientId)
    .where('name', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}
