-- How a client is told that it lacks a scope: by 403 with a challenge, or in the tool's result for one that cannot step
-- up. Null: nobody has said, which is a challenge.
alter table client_states add column authorization_errors text
  check (authorization_errors in ('challenge', 'in_band'));

create function set_client_authorization_errors(actor text, client text, mode text) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not is_open_admin(actor) then perform refuse('not_admin'); end if;
  insert into client_states (client_id, authorization_errors) values (client, mode)
    on conflict (client_id) do update set authorization_errors = excluded.authorization_errors;
  insert into audit_events (type, actor, client_id, data)
    values ('client.errors_set', actor, client, jsonb_build_object('authorization_errors', mode));
  insert into events (kind, id, subject) values ('client', client, actor);
end $$;

-- What a client says about itself when it registers; it counts only while no admin has said otherwise.
create function register_client_authorization_errors(client text, mode text) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into client_states (client_id, authorization_errors) values (client, mode)
    on conflict (client_id) do update set authorization_errors = excluded.authorization_errors
    where client_states.authorization_errors is null;
  if found then
    insert into audit_events (type, actor, client_id, data)
      values ('client.errors_set', 'client', client, jsonb_build_object('authorization_errors', mode));
  end if;
end $$;

revoke execute on function set_client_authorization_errors, register_client_authorization_errors from public;
grant execute on function set_client_authorization_errors, register_client_authorization_errors to countersign_app;
