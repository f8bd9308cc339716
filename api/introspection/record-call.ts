import { appendAudit, appendAuditUnderGrant, appendCallAudit, type AuditEntry } from '../../activities/store/audit.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { ResourceServer } from '../../activities/store/resource-servers.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { IntrospectBody } from '../contract/introspection.ts';
import type { IntrospectedToken } from './verify-token.ts';

/** A call at another resource server. */
export type ToldCall = Pick<IntrospectBody, 'tool_event' | 'tool_outcome' | 'grant_id' | 'duration_ms'> & {
  toolName: string;
  scope: string;
  argumentDigest: string | undefined;
};

/**
 * Records what becomes of a call of another resource server (RULES 25). One that wants to begin is judged: it begins under
 * a grant that is seen alive in the same step, so that a revoke comes wholly before or after (RULES 15), or is refused.
 *
 * @returns whether a call that wants to begin may, and the grant under which it does.
 */
export async function recordCall(
  db: Db,
  server: ResourceServer,
  token: IntrospectedToken,
  live: readonly { scope: string; grantId: string }[],
  call: ToldCall,
  now: Date,
): Promise<{ allowed: boolean; grant_id?: string }> {
  if (!isElevated(call.scope)) return { allowed: true };
  const entry: AuditEntry = {
    type: 'tool.called',
    actor: token.subject,
    subject: token.subject,
    clientId: token.clientId,
    scopes: [call.scope],
    data: {
      tool: call.toolName,
      resource: server.resource,
      argument_digest: call.argumentDigest ?? null,
      jti: token.jti,
      resource_server: server.client_id,
    },
  };
  if (call.tool_event === 'finished') {
    await recordEnd(db, entry, call);
    return { allowed: false };
  }
  if (call.tool_event === 'called') {
    for (const { scope, grantId } of live) {
      if (scope !== call.scope) continue;
      if (await appendAuditUnderGrant(db, { grantId, entry, synced: true }, now))
        return { allowed: true, grant_id: grantId };
    }
  }
  await appendAudit(db, { ...entry, type: 'tool.refused' });
  return { allowed: false };
}

/** The grant may have ended since; it is theirs all the same, or it is not named. */
async function recordEnd(db: Db, entry: AuditEntry, call: ToldCall): Promise<void> {
  const grant =
    call.grant_id === undefined
      ? undefined
      : await db
          .selectFrom('grants')
          .select(['grant_id', 'scopes'])
          .where('grant_id', '=', call.grant_id)
          .where('subject', '=', entry.subject ?? '')
          .where('client_id', '=', entry.clientId ?? '')
          .executeTakeFirst();
  const grantId = grant?.scopes.includes(call.scope) === true ? grant.grant_id : null;
  const data = { ...entry.data, outcome: call.tool_outcome ?? null, duration_ms: call.duration_ms ?? null };
  // That it began is on the disk, and nobody waits for this.
  await appendCallAudit(db, { ...entry, type: 'tool.finished', grantId, data }, false);
}
