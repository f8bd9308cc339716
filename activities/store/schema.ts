import type { AuthorizationErrors } from '../../workflows/domain/authorization-errors.ts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { CallStatus } from '../../workflows/domain/call-status.ts';
import type { DecisionRefusal, Verdict } from '../../workflows/domain/decision.ts';
import type { GrantEnd } from '../../workflows/domain/grant-status.ts';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';
import type { Policy, Risk } from '../../workflows/domain/policy.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';

/** A timestamptz with a default. */
type Stamped = ColumnType<Date, Date | undefined, Date>;
type Json<T extends object> = JSONColumnType<T>;
type NullableJson<T extends object> = ColumnType<T | null, string | null, string | null>;

/** Accounts. Written by the owner, and by its functions. */
export interface PeopleTable {
  subject: string;
  email: string;
  display_name: string;
  password_hash: string | null;
  disabled_at: Date | null;
  created_at: Stamped;
}

/** Who has which role. Written like {@link PeopleTable}. */
export interface PersonRolesTable {
  subject: string;
  role: string;
  granted_at: Stamped;
}

/** Every policy that was live; the last one is. Written by the owner alone. */
export interface PolicyVersionsTable {
  position: Generated<string>;
  version: string;
  policy: Json<Policy>;
  source: string;
  activated_at: Stamped;
}

/** What is wrong with the policy file, in one row while it is. */
export interface PolicyProblemTable {
  only_one: Generated<boolean>;
  file_digest: string;
  problems: string[];
  noticed_at: Stamped;
}

/** Browsers that are signed in at the auth server. */
export interface AccountSessionsTable {
  session_id: string;
  subject: string;
  authenticated_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

/** The chat’s sign-ins; refresh tokens are encrypted. */
export interface ChatSignInsTable {
  sign_in_id: string;
  subject: string;
  refresh_token: string;
  created_at: Stamped;
  expires_at: Date;
  ended_at: Date | null;
}

/** When a person last signed out everywhere. */
export interface SignOutsTable {
  subject: string;
  at: Date;
}

/** Which client a person lets act for them. */
export interface ClientConsentsTable {
  subject: string;
  client_id: string;
  consented_at: Date;
  offline: boolean;
  client_name: string | null;
}

/** Sign-ins of people at clients, which tokens name as `sid`. */
export interface ClientSignInsTable {
  sign_in_id: string;
  subject: string;
  client_id: string;
  account_session_id: string | null;
  created_at: Date;
  used_at: Date | null;
  ended_at: Date | null;
}

/** Authorization requests of clients that wait for an approval. */
export interface StepUpsTable {
  /** Of the authorization server's interaction. */
  uid: string;
  subject: string;
  client_id: string;
  redirect_uri: string | null;
  scopes: string[];
  request_ids: string[];
  begun_at: Date;
  expires_at: Date;
  withdrawn_at: ColumnType<Date | null, never, Date>;
  finished_at: ColumnType<Date | null, never, Date>;
}

/** What the OAuth provider keeps: codes, refresh tokens, interactions. */
export interface OidcPayloadsTable {
  model: string;
  id: string;
  payload: string;
  grant_id: string | null;
  uid: string | null;
  user_code: string | null;
  account_id: string | null;
  consumed_at: Date | null;
  expires_at: Date | null;
  created_at: Stamped;
}

/** Approval requests. */
export interface ScopeRequestsTable {
  request_id: string;
  subject: string;
  client_id: string;
  session_id: string | null;
  scopes: string[];
  tool_name: string | null;
  tool_args: NullableJson<Record<string, unknown>>;
  justification: string | null;
  /** Said later by the requester; never covered by the digest. */
  added_justification: ColumnType<string | null, never, string>;
  requested_duration_seconds: ColumnType<number | null, number | null | undefined, never>;
  digest: string;
  dedupe_key: string;
  status: ColumnType<RequestStatus, RequestStatus | undefined, RequestStatus>;
  deciding: ColumnType<boolean, boolean | undefined, boolean>;
  approval_type: ApprovalType | null;
  rule: string | null;
  risk: Risk | null;
  policy_version: string | null;
  created_at: Stamped;
  expires_at: Date | null;
  decided_at: Date | null;
  decided_by: string | null;
  decision_note: string | null;
  /** The requester's withdrawal. */
  cancel_requested_at: Date | null;
}

/** Signed decisions, before and after they are judged. */
export interface DecisionsTable {
  decision_id: string;
  request_id: string;
  verdict: Verdict;
  approver: string;
  statement: string;
  note: string | null;
  recorded_at: Stamped;
  judged_at: Date | null;
  outcome: 'counted' | DecisionRefusal | null;
}

/** What people hold. Written by the mint alone; others may only end one. */
export interface GrantsTable {
  grant_id: string;
  request_id: string;
  subject: string;
  client_id: string;
  session_id: string | null;
  scopes: string[];
  granted_at: Date;
  expires_at: Date;
  end_reason: GrantEnd | null;
  ended_at: Date | null;
  /** A subject, or `policy`, `system`. */
  ended_by: string | null;
}

/** Elevated tokens that were issued: which grants each stands on, never the token. */
export interface CredentialsTable {
  jti: string;
  grant_ids: string[];
  subject: string;
  client_id: string;
  resource: string;
  scopes: string[];
  issued_at: Date;
  expires_at: Date;
}

/** Conversations. */
export interface ChatSessionsTable {
  session_id: string;
  subject: string;
  title: string;
  created_at: Stamped;
  updated_at: Stamped;
}

/**
 * `queued` is a user message whose turn has not begun, `running` an assistant message being made, `stopped` either of
 * them after its person stopped the turn.
 */
export type MessageStatus = 'queued' | 'running' | 'completed' | 'awaiting_authorization' | 'failed' | 'stopped';

/** Their messages. */
export interface ChatMessagesTable {
  message_id: string;
  position: Generated<string>;
  session_id: string;
  role: 'user' | 'assistant';
  reply_to: string | null;
  content: ColumnType<string, string | undefined, string>;
  status: MessageStatus;
  created_at: Stamped;
  updated_at: Stamped;
}

/** The calls that messages propose. */
export interface ToolCallsTable {
  call_id: string;
  position: Generated<string>;
  session_id: string;
  message_id: string;
  name: string;
  arguments: Json<Record<string, unknown>>;
  arguments_digest: string;
  status: CallStatus;
  required_scopes: ColumnType<string[], string[] | undefined, string[]>;
  authorization_error: NullableJson<AuthorizationError>;
  request_id: string | null;
  parked_count: ColumnType<number, number | undefined, number>;
  repeatable: ColumnType<boolean, boolean | undefined, boolean>;
  result: NullableJson<Record<string, unknown>>;
  created_at: Stamped;
  claimed_at: Date | null;
  finished_at: Date | null;
}

/** The audit log: only ever added to. */
export interface AuditEventsTable {
  position: Generated<string>;
  at: Stamped;
  type: string;
  actor: string;
  subject: string | null;
  client_id: string | null;
  request_id: string | null;
  grant_id: string | null;
  session_id: string | null;
  scopes: ColumnType<string[], string[] | undefined, never>;
  data: Json<Record<string, unknown>>;
}

/** The chain of digests over the audit log. */
export interface AuditSealsTable {
  position: string;
  previous: string;
  digest: Buffer;
}

/** What live views are told, ids only. */
export interface EventsTable {
  position: Generated<string>;
  at: Stamped;
  kind: EventKind;
  id: string;
  subject: string;
  scopes: ColumnType<string[], string[] | undefined, never>;
}

/** What the sweeper repairs at most once at a time. */
export type RepairKind = 'workflow' | 'withdrawal' | 'decision' | 'wake' | 'release';

/** What a sweeper is repairing. */
export interface RepairsTable {
  kind: RepairKind;
  id: string;
  at: Date;
}

/** What live views listen to. */
export type EventKind = 'request' | 'grant' | 'chat_session' | 'policy' | 'sign_out' | 'person' | 'client' | 'freeze';

/** Written by functions of the owner alone. */
export interface FreezesTable {
  freeze_id: Generated<string>;
  reason: string;
  frozen_by: string;
  frozen_at: Stamped;
  lifted_by: string | null;
  lifted_at: Date | null;
}

/** Written by functions of the owner alone. */
export interface ClientStatesTable {
  client_id: string;
  name: string | null;
  blocked_at: Date | null;
  blocked_by: string | null;
  block_reason: string | null;
  /** Null where neither the client nor an admin has said. */
  authorization_errors: AuthorizationErrors | null;
}

/** Parked calls of MCP clients that wait as tasks. */
export interface McpTasksTable {
  task_id: string;
  subject: string;
  client_id: string;
  request_id: string;
  tool_name: string;
  tool_args: Json<Record<string, unknown>>;
  argument_digest: string;
  created_at: Stamped;
  updated_at: Stamped;
  expires_at: Date;
  claimed_at: Date | null;
  result: NullableJson<Record<string, unknown>>;
  cancelled_at: Date | null;
  /** When its grant ended, and its result was dropped. */
  withdrawn_at: Date | null;
}

/** Credentials of other people’s resource servers. Written by the owner alone. */
export interface ResourceServersTable {
  client_id: string;
  resource: string;
  secret_digest: Buffer;
  created_at: Date;
}

/** Clients with a secret. Written by the owner alone. */
export interface RegisteredClientsTable {
  client_id: string;
  name: string;
  secret_digest: Buffer;
  redirect_uris: string[];
  background: boolean;
  created_at: Date;
}

/** Metadata documents of clients, as they were last fetched. */
export interface ClientDocumentsTable {
  client_id: string;
  /** Its text, bound to the rest of the row. */
  sealed: string;
  fetched_at: Date;
  fresh_until: Date;
}

/** The database as Kysely sees it; `migrations/` is its source. */
export interface Database {
  people: PeopleTable;
  person_roles: PersonRolesTable;
  policy_versions: PolicyVersionsTable;
  policy_problem: PolicyProblemTable;
  account_sessions: AccountSessionsTable;
  chat_sign_ins: ChatSignInsTable;
  sign_outs: SignOutsTable;
  client_consents: ClientConsentsTable;
  client_sign_ins: ClientSignInsTable;
  step_ups: StepUpsTable;
  oidc_payloads: OidcPayloadsTable;
  scope_requests: ScopeRequestsTable;
  decisions: DecisionsTable;
  grants: GrantsTable;
  credentials: CredentialsTable;
  chat_sessions: ChatSessionsTable;
  chat_messages: ChatMessagesTable;
  tool_calls: ToolCallsTable;
  audit_events: AuditEventsTable;
  audit_seals: AuditSealsTable;
  events: EventsTable;
  repairs: RepairsTable;
  freezes: FreezesTable;
  client_states: ClientStatesTable;
  mcp_tasks: McpTasksTable;
  resource_servers: ResourceServersTable;
  registered_clients: RegisteredClientsTable;
  client_documents: ClientDocumentsTable;
}
