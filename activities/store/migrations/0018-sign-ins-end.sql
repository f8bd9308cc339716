-- A sign-in at a client that has ended stays ended: the mint and the tools go by that. Nor is it removed, to be made anew,
-- before nothing that is still good can belong to it.
create function keep_sign_in_ended() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.ended_at > now() - interval '170 days' then raise exception 'a sign-in that has ended is kept'; end if;
    return old;
  end if;
  if old.ended_at is not null and new.ended_at is distinct from old.ended_at then
    raise exception 'a sign-in that has ended stays ended';
  end if;
  return new;
end $$;
create trigger client_sign_ins_stay_ended before update or delete on client_sign_ins
  for each row execute function keep_sign_in_ended();

-- Our own clients wait on their pages: nobody says otherwise of them, in whose name ever.
create function refuse_own_client() returns trigger language plpgsql as $$
begin
  if new.authorization_errors is not null
    and new.client_id in ('countersign-chat', 'countersign-dashboard', 'countersign-mcp-server') then
    perform refuse('first_party_client');
  end if;
  return new;
end $$;
create trigger client_states_own before insert or update on client_states
  for each row execute function refuse_own_client();
