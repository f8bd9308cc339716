-- People, clients and the freeze. Every change here goes through a function of the owner with its checks inside: the
-- serving roles get to run it and nothing more (RULES 4, 12). A refusal is SQLSTATE CS001 with the stable code as message.
alter table events drop constraint events_kind_check;
alter table events add constraint events_kind_check
  check (kind in ('request', 'grant', 'chat_session', 'policy', 'sign_out', 'person', 'client', 'freeze'));

-- While a row is in force no elevated scope counts, whatever grants say; they live on to their own ends.
create table freezes (
  freeze_id text primary key default 'frz_' || gen_random_uuid(),
  reason text not null check (reason <> ''),
  frozen_by text not null references people (subject),
  frozen_at timestamptz(3) not null default now(),
  lifted_by text references people (subject),
  lifted_at timestamptz(3),
  check ((lifted_by is null) = (lifted_at is null))
);
create unique index freezes_in_force on freezes ((true)) where lifted_at is null;

-- What admins have said about an OAuth client; most have no row.
create table client_states (
  client_id text primary key,
  name text,
  blocked_at timestamptz(3),
  blocked_by text references people (subject),
  block_reason text,
  check ((blocked_at is null) = (blocked_by is null))
);
grant select on freezes, client_states to countersign_app, countersign_mint;

create index scope_requests_open_of on scope_requests (subject) where status in ('requested', 'pending');
create index chat_sign_ins_listed on chat_sign_ins (subject, created_at desc);

create function refuse(code text) returns void language plpgsql as $$
begin
  raise exception using errcode = 'CS001', message = code;
end $$;

create function is_open_admin(who text) returns boolean language sql stable as $$
  select exists (select from people join person_roles using (subject)
    where people.subject = who and role = 'admin' and disabled_at is null)
$$;

-- One change of roles or accounts at a time, so that two removals at once cannot each see the other's admin.
create function lock_admins() returns void language sql as $$ select pg_advisory_xact_lock(20261125) $$;

create function keep_an_admin() returns void language plpgsql as $$
begin
  if not exists (select from people join person_roles using (subject) where role = 'admin' and disabled_at is null) then
    perform refuse('last_admin');
  end if;
end $$;

-- Changes roles under a living grant of whoever changes them: without an approval by somebody else there is none, and
-- whoever runs this cannot make one.
create function set_person_roles(under_grant text, target text, new_roles text[]) returns text[]
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held public.grants%rowtype;
  needed text;
  before text[];
  after text[];
begin
  perform lock_admins();
  select coalesce(policy -> 'tools' -> 'set_user_roles' ->> 'scope', 'admin:users') into needed
    from policy_versions order by position desc limit 1;
  select grants.* into held from grants join people using (subject)
    where grant_id = under_grant and end_reason is null and expires_at > now() and disabled_at is null
      and needed = any (scopes)
      and not exists (select from freezes where lifted_at is null)
      and not exists (select from client_states where client_states.client_id = grants.client_id and blocked_at is not null)
    for share of grants;
  if not found then perform refuse('insufficient_scope'); end if;
  if held.subject = target then perform refuse('own_account'); end if;
  perform from people where subject = target for update;
  if not found then perform refuse('not_found'); end if;
  before := array(select role from person_roles where subject = target order by role);
  delete from person_roles where subject = target and role <> all (new_roles);
  insert into person_roles (subject, role) select target, role from unnest(new_roles) as role on conflict do nothing;
  after := array(select role from person_roles where subject = target order by role);
  if 'admin' = any (before) and not 'admin' = any (after) then perform keep_an_admin(); end if;
  if before is distinct from after then
    insert into audit_events (type, actor, subject, client_id, request_id, grant_id, scopes, data)
      values ('person.roles_changed', held.subject, target, held.client_id, held.request_id, held.grant_id, array[needed],
        jsonb_build_object('before', before, 'after', after));
    insert into events (kind, id, subject) values ('person', target, target);
  end if;
  return before;
end $$;

-- @returns whether anything changed.
create function set_person_disabled(actor text, target text, disable boolean, note text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  was timestamptz;
begin
  perform lock_admins();
  if not is_open_admin(actor) then perform refuse('not_admin'); end if;
  if actor = target then perform refuse('own_account'); end if;
  select disabled_at into was from people where subject = target for update;
  if not found then perform refuse('not_found'); end if;
  if (was is not null) = disable then return false; end if;
  update people set disabled_at = case when disable then now() end where subject = target;
  if disable and exists (select from person_roles where subject = target and role = 'admin') then
    perform keep_an_admin();
  end if;
  insert into audit_events (type, actor, subject, data)
    values (case when disable then 'person.disabled' else 'person.enabled' end, actor, target,
      jsonb_strip_nulls(jsonb_build_object('note', note)));
  insert into events (kind, id, subject) values ('person', target, target);
  return true;
end $$;

-- The lock waits for every issue, mint and start of a call that is on its way, and each that comes after it sees what
-- is written here: when this has committed, none begins any more.
create function suspend_after_running() returns void language plpgsql as $$
begin
  lock table grants in exclusive mode;
end $$;

-- @param reason null unblocks. @returns whether anything changed.
create function set_client_blocked(actor text, client text, reason text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  was boolean;
begin
  if not is_open_admin(actor) then perform refuse('not_admin'); end if;
  perform suspend_after_running();
  insert into client_states (client_id) values (client) on conflict do nothing;
  select blocked_at is not null into was from client_states where client_id = client for update;
  if was = (reason is not null) then return false; end if;
  update client_states set blocked_at = case when reason is not null then now() end,
    blocked_by = case when reason is not null then actor end, block_reason = reason
    where client_id = client;
  insert into audit_events (type, actor, client_id, data)
    values (case when reason is null then 'client.unblocked' else 'client.blocked' end, actor, client,
      jsonb_strip_nulls(jsonb_build_object('note', reason)));
  insert into events (kind, id, subject) values ('client', client, actor);
  return true;
end $$;

create function set_client_name(actor text, client text, new_name text) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not is_open_admin(actor) then perform refuse('not_admin'); end if;
  insert into client_states (client_id, name) values (client, new_name)
    on conflict (client_id) do update set name = excluded.name;
  insert into audit_events (type, actor, client_id, data)
    values ('client.named', actor, client, jsonb_build_object('name', new_name));
  insert into events (kind, id, subject) values ('client', client, actor);
end $$;

create function freeze_grants(actor text, why text) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not is_open_admin(actor) then perform refuse('not_admin'); end if;
  perform suspend_after_running();
  if exists (select from freezes where lifted_at is null) then perform refuse('grants_frozen'); end if;
  insert into freezes (reason, frozen_by) values (why, actor);
  insert into audit_events (type, actor, data) values ('grants.frozen', actor, jsonb_build_object('note', why));
  insert into events (kind, id, subject) values ('freeze', 'frozen', actor);
end $$;

-- @returns whether there was anything to lift.
create function lift_freeze(actor text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lifted text;
begin
  if not is_open_admin(actor) then perform refuse('not_admin'); end if;
  update freezes set lifted_by = actor, lifted_at = now() where lifted_at is null returning freeze_id into lifted;
  if lifted is null then return false; end if;
  insert into audit_events (type, actor, data) values ('grants.unfrozen', actor, jsonb_build_object('freeze_id', lifted));
  insert into events (kind, id, subject) values ('freeze', 'lifted', actor);
  return true;
end $$;

revoke execute on function set_person_roles, set_person_disabled, set_client_blocked, set_client_name, freeze_grants,
  lift_freeze, suspend_after_running from public;
grant execute on function set_person_roles, set_person_disabled, set_client_blocked, set_client_name, freeze_grants,
  lift_freeze to countersign_app;
