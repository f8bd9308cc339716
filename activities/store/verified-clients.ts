import { isVerified } from '../../workflows/domain/clients.ts';
import type { DbOrTrx } from './connect.ts';

/** For queries: somebody here, an admin or the owner, has said who the client is, by giving it a name. */
export function clientNamedSql(parameter: string): string {
  return `exists (select from client_states where client_id = ${parameter} and name is not null)`;
}

/** {@link isVerified}, by what the store knows now. */
export async function isClientVerified(db: DbOrTrx, clientId: string): Promise<boolean> {
  const row = await db.selectFrom('client_states').select('name').where('client_id', '=', clientId).executeTakeFirst();
  return isVerified(clientId, row?.name);
}
