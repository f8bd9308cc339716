import type { Tool } from '../../tools/define-tool.ts';
import type { PolicySource } from '../../ports.ts';
import type { AuthorizationApi } from '../ports.ts';
import { approveAuthorization } from './approve-authorization.ts';
import { denyAuthorization } from './deny-authorization.ts';
import { getAuditLog } from './get-audit-log.ts';
import { getAuthorizationRequests } from './get-authorization-requests.ts';
import { getAuthorizationStatus } from './get-authorization-status.ts';
import { getMonitoringMetrics } from './get-monitoring-metrics.ts';
import { requestAuthorization } from './request-authorization.ts';
import { revokeAuthorization } from './revoke-authorization.ts';

/** The authorization tools of the wire contract. @param options.offered every tool of this server */
export function authorizationTools(options: {
  authorizations: AuthorizationApi;
  authority: PolicySource;
  issuer: string;
  offered: () => readonly Tool[];
}): readonly Tool[] {
  return [
    requestAuthorization(options.authorizations, options),
    getAuthorizationStatus(options.authorizations),
    getAuthorizationRequests(options.authorizations),
    approveAuthorization(options.authorizations),
    denyAuthorization(options.authorizations),
    revokeAuthorization(options.authorizations),
    getMonitoringMetrics(options.authorizations),
    getAuditLog(options.authorizations),
  ];
}
