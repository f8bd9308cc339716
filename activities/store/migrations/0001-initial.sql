-- Everything the product remembers. One dialect: PostgreSQL 15 or newer.
-- Run by the owner role; the app and mint roles get no more than they need (RULES 12).
-- Times have milliseconds, because keyset cursors travel as JavaScript dates.

create table people (
  subject text primary key,
  email text not null,
  display_name text not null,
  password_hash text,
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create unique index people_email on people (lower(email));

create table person_roles (
  subject text not null references people (subject),
  role text not null,
  granted_at timestamptz(3) not null default now(),
  primary key (subject, role)
);

create table policy_versions (
  position bigint generated always as identity primary key,
  version text not null,
  policy jsonb not null,
  source text not null,
  activated_at timestamptz(3) not null default now()
);

-- Signing in at 8002: our own row and cookie are the sign-in. The id is the SHA-256 of the cookie's secret.
create table account_sessions (
  session_id text primary key,
  subject text not null references people (subject),
  authenticated_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3)
);
create index account_sessions_subject on account_sessions (subject) where ended_at is null;

-- Signing in at 5001. What is encrypted at rest is the refresh token.
create table chat_sign_ins (
  sign_in_id text primary key,
  subject text not null references people (subject),
  refresh_token text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3)
);
create index chat_sign_ins_subject on chat_sign_ins (subject) where ended_at is null;

-- When each person last signed out: first-party tokens from before it no longer count.
create table sign_outs (
  subject text primary key references people (subject),
  at timestamptz(3) not null
);

create table oidc_payloads (
  model text not null,
  id text not null,
  payload text not null,
  grant_id text,
  uid text,
  user_code text,
  account_id text,
  consumed_at timestamptz(3),
  expires_at timestamptz(3),
  primary key (model, id)
);
create index oidc_payloads_grant on oidc_payloads (grant_id) where grant_id is not null;
create index oidc_payloads_uid on oidc_payloads (model, uid) where uid is not null;
create index oidc_payloads_user_code on oidc_payloads (user_code) where user_code is not null;
create index oidc_payloads_account on oidc_payloads (account_id) where account_id is not null;
create index oidc_payloads_expiry on oidc_payloads (expires_at);

create table scope_requests (
  request_id text primary key,
  subject text not null references people (subject),
  client_id text not null,
  session_id text,
  scopes text[] not null check (cardinality(scopes) > 0),
  tool_name text,
  tool_args jsonb,
  justification text,
  -- What approvers sign: covers everything above.
  digest text not null,
  -- One open request per person, client, session and call or scope set (RULES 19).
  dedupe_key text not null,
  status text not null default 'requested'
    check (status in ('requested', 'pending', 'approved', 'denied', 'expired', 'cancelled')),
  deciding boolean not null default false,
  approval_type text check (approval_type in ('auto', 'self', 'admin_required', 'forbidden')),
  rule text,
  risk text,
  policy_version text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  decided_at timestamptz(3),
  decided_by text references people (subject),
  decision_note text,
  -- The requester's withdrawal; a signal alone withdraws nothing.
  cancel_requested_at timestamptz(3),
  check (status not in ('pending') or expires_at is not null)
);
create unique index scope_requests_open on scope_requests (dedupe_key) where status in ('requested', 'pending');
create index scope_requests_subject on scope_requests (subject, created_at desc, request_id desc);
create index scope_requests_status on scope_requests (status, created_at desc, request_id desc);
create index scope_requests_recent on scope_requests (created_at desc, request_id desc);

create table decisions (
  decision_id text primary key,
  request_id text not null references scope_requests (request_id),
  verdict text not null check (verdict in ('approve', 'deny')),
  approver text not null references people (subject),
  statement text not null,
  note text,
  recorded_at timestamptz(3) not null default now(),
  judged_at timestamptz(3),
  -- null until judged; 'counted', or the refusal
  outcome text
);
create index decisions_request on decisions (request_id, recorded_at);
-- The same approver repeating the same verdict is one decision.
create unique index decisions_once on decisions (request_id, approver, verdict) where outcome is null or outcome = 'counted';

create table grants (
  grant_id text primary key,
  request_id text not null unique references scope_requests (request_id),
  subject text not null references people (subject),
  client_id text not null,
  -- set when the policy binds the grant to one session (RULES 13)
  session_id text,
  scopes text[] not null check (cardinality(scopes) > 0),
  granted_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  end_reason text check (end_reason in ('expired', 'revoked', 'returned', 'consumed')),
  ended_at timestamptz(3),
  ended_by text,
  check ((end_reason is null) = (ended_at is null))
);
create index grants_alive on grants (subject, client_id) where end_reason is null;
create index grants_listed on grants (granted_at desc, grant_id desc);

-- One row for each issued elevated token, never the token.
create table credentials (
  jti text primary key,
  grant_ids text[] not null,
  subject text not null references people (subject),
  client_id text not null,
  resource text not null,
  scopes text[] not null,
  issued_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);

create table chat_sessions (
  session_id text primary key,
  subject text not null references people (subject),
  title text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index chat_sessions_subject on chat_sessions (subject, updated_at desc);

create table chat_messages (
  message_id text primary key,
  position bigint generated always as identity,
  session_id text not null references chat_sessions (session_id),
  role text not null check (role in ('user', 'assistant')),
  -- the user message an assistant message answers
  reply_to text references chat_messages (message_id),
  content text not null default '',
  status text not null check (status in ('queued', 'running', 'completed', 'awaiting_authorization', 'failed')),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index chat_messages_session on chat_messages (session_id, position);
create unique index chat_messages_reply on chat_messages (reply_to) where reply_to is not null;

create table tool_calls (
  call_id text primary key,
  position bigint generated always as identity,
  session_id text not null references chat_sessions (session_id),
  message_id text not null references chat_messages (message_id),
  name text not null,
  arguments jsonb not null,
  arguments_digest text not null,
  status text not null check (status in ('proposed', 'parked', 'ready', 'running', 'succeeded', 'failed', 'unknown',
    'denied', 'expired', 'cancelled', 'superseded', 'scope_unavailable')),
  required_scopes text[] not null default '{}',
  authorization_error jsonb,
  request_id text references scope_requests (request_id),
  parked_count int not null default 0,
  -- read-only or idempotent by the tool's own annotations: may be repeated after a crash (RULES 23)
  repeatable boolean not null default false,
  result jsonb,
  created_at timestamptz(3) not null default now(),
  claimed_at timestamptz(3),
  finished_at timestamptz(3)
);
create index tool_calls_session on tool_calls (session_id, position);
create index tool_calls_message on tool_calls (message_id, position);
create index tool_calls_request on tool_calls (request_id) where request_id is not null;
create index tool_calls_waiting on tool_calls (status) where status in ('parked', 'ready', 'running');

create table audit_events (
  position bigint generated always as identity primary key,
  at timestamptz(3) not null default now(),
  type text not null,
  -- a subject, or 'policy', 'system'
  actor text not null,
  subject text,
  client_id text,
  request_id text,
  grant_id text,
  session_id text,
  scopes text[] not null default '{}',
  data jsonb not null default '{}'
);
create index audit_events_request on audit_events (request_id, position) where request_id is not null;
create index audit_events_subject on audit_events (subject, position) where subject is not null;

-- What live views listen to: ids only, never content.
create table events (
  position bigint generated always as identity primary key,
  at timestamptz(3) not null default clock_timestamp(),
  kind text not null check (kind in ('request', 'grant', 'chat_session', 'policy', 'sign_out')),
  id text not null,
  subject text not null,
  scopes text[] not null default '{}'
);
create index events_at on events (at);

create function forbid_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_events is append-only' using errcode = '42501';
end $$;
create trigger audit_events_append_only before update or delete on audit_events
  for each row execute function forbid_change();
create trigger audit_events_no_truncate before truncate on audit_events
  for each statement execute function forbid_change();

-- Exactly one terminal transition (RULES 16), and only the mint role approves (RULES 12).
create function guard_scope_request() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'requested' or new.decided_at is not null or new.decided_by is not null then
      raise exception 'a request begins undecided' using errcode = '42501';
    end if;
    return new;
  end if;
  if old.status in ('approved', 'denied', 'expired', 'cancelled') and new is distinct from old then
    raise exception 'request % has already ended as %', old.request_id, old.status using errcode = '23514';
  end if;
  if new.status = 'approved' and current_user <> 'countersign_mint' then
    raise exception 'only the mint role approves' using errcode = '42501';
  end if;
  if (new.request_id, new.subject, new.client_id, new.session_id, new.scopes, new.tool_name, new.tool_args,
      new.justification, new.digest, new.dedupe_key, new.created_at)
     is distinct from
     (old.request_id, old.subject, old.client_id, old.session_id, old.scopes, old.tool_name, old.tool_args,
      old.justification, old.digest, old.dedupe_key, old.created_at)
     or (old.expires_at is not null and new.expires_at is distinct from old.expires_at) then
    raise exception 'what was asked never changes' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger scope_requests_guard before insert or update on scope_requests
  for each row execute function guard_scope_request();

-- An ended grant stays ended and a grant never grows (RULES 14, 15).
create function guard_grant() returns trigger language plpgsql as $$
begin
  if old.end_reason is not null and new.end_reason is distinct from old.end_reason then
    raise exception 'grant % has already ended as %', old.grant_id, old.end_reason using errcode = '23514';
  end if;
  if new.scopes <> old.scopes or new.subject <> old.subject or new.client_id <> old.client_id
     or new.session_id is distinct from old.session_id
     or (new.expires_at > old.expires_at and current_user <> 'countersign_mint') then
    raise exception 'a grant never grows' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger grants_guard before update on grants
  for each row execute function guard_grant();

create function announce_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('countersign_events', json_build_object(
    'position', new.position, 'kind', new.kind, 'id', new.id, 'subject', new.subject, 'scopes', new.scopes)::text);
  return null;
end $$;
create trigger events_announced after insert on events
  for each row execute function announce_event();

grant usage on schema public to countersign_app, countersign_mint;

-- People, roles and policy are the owner's to write: seeding, migration and activation run as it.
grant select on people, person_roles, policy_versions to countersign_app;
grant select, insert, update on account_sessions, chat_sign_ins, sign_outs, chat_sessions, chat_messages, tool_calls
  to countersign_app;
grant select, insert, update, delete on oidc_payloads to countersign_app;
grant select, insert on scope_requests to countersign_app;
grant update (status, deciding, approval_type, rule, risk, policy_version, expires_at, decided_at, decided_by,
  decision_note, cancel_requested_at) on scope_requests to countersign_app;
grant select, insert on decisions to countersign_app;
grant update (judged_at, outcome) on decisions to countersign_app;
grant select on grants, credentials to countersign_app;
grant update (end_reason, ended_at, ended_by) on grants to countersign_app;

grant select (subject, email, display_name, disabled_at, created_at) on people to countersign_mint;
grant select on person_roles, policy_versions, scope_requests, decisions, grants, credentials, sign_outs
  to countersign_mint;
grant update (status, deciding, decided_at, decided_by, decision_note) on scope_requests to countersign_mint;
grant update (judged_at, outcome) on decisions to countersign_mint;
grant insert, update on grants to countersign_mint;
grant insert on credentials to countersign_mint;

-- Position and time of an audit entry and an event are the database's to give.
grant select on audit_events, events to countersign_app, countersign_mint;
grant insert (type, actor, subject, client_id, request_id, grant_id, session_id, scopes, data) on audit_events
  to countersign_app, countersign_mint;
grant insert (kind, id, subject, scopes) on events to countersign_app, countersign_mint;
