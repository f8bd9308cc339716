-- Whoever asks may say by when a request ends; policy, which looks at it after that, may end it sooner, never later. Once it
-- has been evaluated its end stays what it is. The rest is as before.
create or replace function guard_scope_request() returns trigger language plpgsql as $$
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
     or (old.expires_at is not null and new.expires_at is distinct from old.expires_at
         and not coalesce(old.status = 'requested' and old.approval_type is null and new.expires_at < old.expires_at, false))
  then
    raise exception 'what was asked never changes' using errcode = '23514';
  end if;
  return new;
end $$;
