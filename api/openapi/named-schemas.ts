import { z } from 'zod';
import { accessCallListSchema, accessGrantListSchema, accessScopeListSchema } from '../contract/access.ts';
import { auditPageSchema, auditVerificationSchema } from '../contract/audit.ts';
import { authorizationErrorSchema } from '../contract/authorization-error.ts';
import { batchDecisionSchema } from '../contract/batch-decisions.ts';
import {
  agentInfoSchema,
  chatHistorySchema,
  chatMessageSchema,
  chatReplySchema,
  chatSessionListSchema,
  toolCallSchema,
} from '../contract/chat.ts';
import { turnEventSchema } from '../contract/chat-stream.ts';
import { conversationNameSchema, stoppedSchema } from '../contract/conversations.ts';
import { consentSchema } from '../contract/consents.ts';
import { liveEventSchema } from '../contract/events.ts';
import {
  grantDetailSchema,
  grantListSchema,
  grantSchema,
  grantStateSchema,
  revocationsSchema,
} from '../contract/grants.ts';
import { policyVersionsSchema, policyViewSchema } from '../contract/policy.ts';
import { clientDetailSchema, clientListSchema, clientSchema } from '../contract/clients.ts';
import { connectionListSchema, connectionSchema } from '../contract/connections.ts';
import { freezeSchema, freezeStateSchema } from '../contract/freeze.ts';
import { peopleListSchema, personDetailSchema, personSchema } from '../contract/people.ts';
import { problemSchema } from '../contract/problem.ts';
import {
  requestDetailSchema,
  requestListSchema,
  requestStatusSchema,
  requestSummarySchema,
  scopeRequestSchema,
  upgradeScopeResponseSchema,
} from '../contract/scope-requests.ts';
import { healthSchema, readinessSchema } from '../contract/sign-in.ts';
import { stepUpSchema } from '../contract/step-ups.ts';
import { statsSchema } from '../contract/stats.ts';
import { toolAccessSchema, toolCallAnswerSchema, toolDescriptionSchema, toolListSchema } from '../contract/tools.ts';
import { signInOptionsSchema, userStatusSchema } from '../contract/user-status.ts';

/** Problem documents with the members that some codes add (RFC 9457 section 3.2). */
const problemDocumentSchema = problemSchema.extend({
  /** `invalid_request`: which fields are wrong. */
  fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** `duration_too_long`: what policy allows at most. */
  max_grant_seconds: z.int().optional(),
  /** `fresh_sign_in_required`: where to sign in again. */
  sign_in_address: z.string().optional(),
  /** `already_decided`: how the request ended. */
  request: requestStatusSchema.optional(),
  /** `already_decided`: how the grant ended. */
  grant: grantSchema.optional(),
  /** `grants_frozen`: why, by whom and since when. */
  freeze: freezeSchema.nullable().optional(),
  /** `GET /readyz`: the parts that do not answer. */
  missing: z.array(z.string()).optional(),
});

/** The schemas of answers, by the names they have in the document. */
export const namedSchemas = {
  AccessCallList: accessCallListSchema,
  AccessGrantList: accessGrantListSchema,
  AccessScopeList: accessScopeListSchema,
  AgentInfo: agentInfoSchema,
  AuditPage: auditPageSchema,
  AuditVerification: auditVerificationSchema,
  AuthorizationError: authorizationErrorSchema,
  BatchDecision: batchDecisionSchema,
  ChatHistory: chatHistorySchema,
  ChatMessage: chatMessageSchema,
  ChatReply: chatReplySchema,
  ChatSessionList: chatSessionListSchema,
  Consent: consentSchema,
  ConversationName: conversationNameSchema,
  Client: clientSchema,
  ClientDetail: clientDetailSchema,
  ClientList: clientListSchema,
  Connection: connectionSchema,
  ConnectionList: connectionListSchema,
  Freeze: freezeSchema,
  FreezeState: freezeStateSchema,
  Grant: grantSchema,
  GrantDetail: grantDetailSchema,
  GrantList: grantListSchema,
  GrantState: grantStateSchema,
  Health: healthSchema,
  LiveEvent: liveEventSchema,
  Policy: policyViewSchema,
  PolicyVersions: policyVersionsSchema,
  PeopleList: peopleListSchema,
  Person: personSchema,
  PersonDetail: personDetailSchema,
  Problem: problemDocumentSchema,
  Readiness: readinessSchema,
  RequestDetail: requestDetailSchema,
  RequestList: requestListSchema,
  RequestStatus: requestStatusSchema,
  RequestSummary: requestSummarySchema,
  Revocations: revocationsSchema,
  ScopeRequest: scopeRequestSchema,
  SignInOptions: signInOptionsSchema,
  Stats: statsSchema,
  StepUp: stepUpSchema,
  Stopped: stoppedSchema,
  ToolAccess: toolAccessSchema,
  ToolCall: toolCallSchema,
  ToolCallAnswer: toolCallAnswerSchema,
  ToolDescription: toolDescriptionSchema,
  ToolList: toolListSchema,
  TurnEvent: turnEventSchema,
  UpgradeScopeResponse: upgradeScopeResponseSchema,
  UserStatus: userStatusSchema,
} as const satisfies Record<string, z.ZodType>;
