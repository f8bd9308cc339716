-- What the sweeper has tried and when: of any number of sweepers one repairs a thing, and not again at once.
create table repairs (
  kind text not null,
  id text not null,
  at timestamptz(3) not null,
  primary key (kind, id)
);
grant select, insert, update, delete on repairs to countersign_app;

-- What the sweeper looks for is little, among much that is in order.
create index scope_requests_overdue on scope_requests (expires_at) where status = 'pending';
create index decisions_unjudged on decisions (recorded_at) where outcome is null;
create index grants_unclosed on grants (expires_at) where end_reason is null;
create index grants_held on grants (granted_at, grant_id) where end_reason is null;
create index tool_calls_open on tool_calls (session_id) where status in ('proposed', 'ready', 'running');
create index chat_messages_open on chat_messages (status, session_id)
  where status in ('queued', 'running', 'awaiting_authorization');
