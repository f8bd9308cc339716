-- The audit log is sealed: each entry gets a digest over its content and the digest of the entry before it, so that an
-- entry changed, removed or put in later shows. Sealing follows in the maintenance sweep; appending stays one insert.
create table audit_seals (
  position bigint primary key,
  -- The sealed entry before it, 0 for the first: positions of rolled back transactions are never there.
  previous bigint not null,
  digest bytea not null check (octet_length(digest) = 32)
);

create function forbid_seal_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_seals is append-only' using errcode = '42501';
end $$;
create trigger audit_seals_append_only before update or delete on audit_seals
  for each row execute function forbid_seal_change();
create trigger audit_seals_no_truncate before truncate on audit_seals
  for each statement execute function forbid_seal_change();

grant select, insert on audit_seals to countersign_app;

-- What ran under a grant; and what somebody did to others (what they did as themselves stands under their own name).
create index audit_events_grant on audit_events (grant_id, position) where grant_id is not null;
create index audit_events_actor on audit_events (actor, position) where actor is distinct from subject;

-- Figures over days: by when a request ended, with all that they look at.
create index scope_requests_ended on scope_requests (decided_at)
  include (status, created_at, decided_by) where decided_at is not null;

-- Grants by when they end, and by person.
create index grants_by_end on grants (expires_at, grant_id) where end_reason is null;
create index grants_subject on grants (subject, granted_at desc, grant_id desc);
