-- An authorization request of a client that waits for people: which interaction of the authorization server it is, and
-- what was asked for it. Requests know nothing of it; the waiting page does.
create table step_ups (
  uid text primary key,
  subject text not null references people (subject),
  client_id text not null,
  -- null for a client on a device of its own
  redirect_uri text,
  -- asked for and not held when it began
  scopes text[] not null check (cardinality(scopes) > 0),
  -- empty until a justification that policy demands is given
  request_ids text[] not null default '{}',
  begun_at timestamptz(3) not null,
  -- until then the client can be answered
  expires_at timestamptz(3) not null,
  withdrawn_at timestamptz(3),
  finished_at timestamptz(3)
);
create index step_ups_subject on step_ups (subject, begun_at desc);
grant select, insert, delete on step_ups to countersign_app;
grant update (request_ids, withdrawn_at, finished_at) on step_ups to countersign_app;

-- Why, said after the request was made. What approvers sign does not cover it: what was asked never changes.
alter table scope_requests add column added_justification text;
grant update (added_justification) on scope_requests to countersign_app;
create function guard_added_justification() returns trigger language plpgsql as $$
begin
  if old.added_justification is not null or old.justification is not null or old.deciding
     or old.status not in ('requested', 'pending') then
    raise exception 'a reason is added once, while nobody has decided' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger scope_requests_justified before update on scope_requests for each row
  when (new.added_justification is distinct from old.added_justification)
  execute function guard_added_justification();
