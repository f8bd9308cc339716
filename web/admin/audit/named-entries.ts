import type { AuditEntryView, AuditPage } from '../../../api/contract/audit.ts';

/** An entry with what its client is called; without where that is not known. */
export type NamedEntry = AuditEntryView & { client?: NonNullable<AuditPage['clients']>[string] };

/** The entries of a page with the names that came along. Pure. */
export function namedEntries({ entries, clients = {} }: Pick<AuditPage, 'entries' | 'clients'>): NamedEntry[] {
  return entries.map((entry) => {
    const id = entry.client_id;
    const client = id !== null && Object.hasOwn(clients, id) ? clients[id] : undefined;
    return client === undefined ? entry : { ...entry, client };
  });
}
