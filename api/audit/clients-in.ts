import type { StoredAuditEntry } from '../../activities/store/audit-log.ts';
import { clientIntros } from '../clients/client-intro.ts';
import type { AuditPage } from '../contract/audit.ts';
import type { AuditDeps } from './deps.ts';

/** What the clients in these entries are called: by people here, by themselves, or by whoever let them act for them. */
export async function clientsIn(
  deps: AuditDeps,
  entries: readonly Pick<StoredAuditEntry, 'client_id' | 'subject' | 'actor'>[],
): Promise<NonNullable<AuditPage['clients']>> {
  const of = new Map<string, { subject: string; client_id: string }>();
  for (const { client_id: id, subject, actor } of entries) {
    // A name that only a consent has is the same for all: the first entry's person stands for them.
    if (id !== null && !of.has(id)) of.set(id, { subject: subject ?? actor, client_id: id });
  }
  const introOf = await clientIntros(deps, [...of.values()]);
  return Object.fromEntries(
    [...of].map(([id, one]) => {
      const { name, verified, first_party } = introOf(one);
      return [id, { name, verified, first_party }];
    }),
  );
}
