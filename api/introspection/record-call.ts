import { appendAudit, appendAuditUnderGrant, type AuditEntry } from '../../activities/store/audit.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { ResourceServer } from '../../activities/store/resource-servers.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { IntrospectedToken } from './verify-token.ts';

/**
 * Judges a call of another resource server and records it (RULES 25): begun under a grant that is seen alive in the same
 * step, so that a revoke comes wholly before or after (RULES 15), or refused.
 *
 * @returns whether the call may begin.
 */
export async function recordCall(
  db: Db,
  server: ResourceServer,
  token: IntrospectedToken,
  live: readonly { scope: string; grantId: string }[],
  call: { toolName: string; scope: string; argumentDigest: string | null },
  now: Date,
): Promise<boolean> {
  if (!isElevated(call.scope)) return true;
  const entry: AuditEntry = {
    type: 'tool.called',
    actor: token.subject,
    subject: token.subject,
    clientId: token.clientId,
    scopes: [call.scope],
    data: {
      tool: call.toolName,
      resource: server.resource,
      argument_digest: call.argumentDigest,
      jti: token.jti,
      resource_server: server.client_id,
    },
  };
  for (const { scope, grantId } of live) {
    if (scope !== call.scope) continue;
    if (await appendAuditUnderGrant(db, { grantId, entry, synced: true }, now)) return true;
  }
  await appendAudit(db, { ...entry, type: 'tool.refused' });
  return false;
}
