import {
  auditExportQuerySchema,
  auditPageSchema,
  auditQuerySchema,
  auditVerificationSchema,
  verifyAuditBodySchema,
} from '../contract/audit.ts';
import { policyVersionsQuerySchema, policyVersionsSchema, policyViewSchema } from '../contract/policy.ts';
import { statsSchema } from '../contract/stats.ts';
import type { RouteDoc } from './route-doc.ts';

/** What approvers and auditors read: the audit log, policy and figures. */
export const insightRoutes: readonly RouteDoc[] = [
  {
    id: 'listAudit',
    method: 'get',
    path: '/api/audit',
    tag: 'Reading',
    summary: 'The audit log, newest first: for auditors and admins',
    access: 'signed_in',
    query: auditQuerySchema,
    answers: [{ status: 200, description: 'A page.', schema: auditPageSchema }],
    problems: ['not_auditor'],
  },
  {
    id: 'exportAudit',
    method: 'get',
    path: '/api/audit/export',
    tag: 'Reading',
    summary: 'The audit log as a file, newest first, with the filters of the list: for auditors and admins',
    access: 'signed_in',
    query: auditExportQuerySchema,
    answers: [
      {
        status: 200,
        description: 'The file, as it is read: an entry a line.',
        mediaType: ['application/jsonl', 'text/csv'],
      },
    ],
    problems: ['not_auditor', 'rate_limited'],
  },
  {
    id: 'verifyAudit',
    method: 'post',
    path: '/api/audit/verify',
    tag: 'Reading',
    summary: 'Hold every entry of the audit log to its seal, and say where it breaks: for auditors and admins',
    access: 'signed_in',
    guarded: true,
    body: verifyAuditBodySchema,
    answers: [{ status: 200, description: 'What was found.', schema: auditVerificationSchema }],
    problems: ['not_auditor', 'rate_limited'],
  },
  {
    id: 'getPolicy',
    method: 'get',
    path: '/api/policy',
    tag: 'Reading',
    summary: 'The live policy: scopes, who gets and who decides what, tools, denials; for approvers and auditors',
    access: 'signed_in',
    answers: [{ status: 200, description: 'The policy.', schema: policyViewSchema }],
    problems: ['not_approver'],
  },
  {
    id: 'listPolicyVersions',
    method: 'get',
    path: '/api/policy/versions',
    tag: 'Reading',
    summary: 'Every policy that was live and what it changed, newest first: for approvers and auditors',
    access: 'signed_in',
    query: policyVersionsQuerySchema,
    answers: [{ status: 200, description: 'A page.', schema: policyVersionsSchema }],
    problems: ['not_approver'],
  },
  {
    id: 'getStats',
    method: 'get',
    path: '/api/stats',
    tag: 'Reading',
    summary: 'Figures over requests and grants: for approvers and auditors',
    access: 'signed_in',
    answers: [{ status: 200, description: 'The figures.', schema: statsSchema }],
    problems: ['not_approver'],
  },
];
