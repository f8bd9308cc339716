-- How long the requester asks to hold the scopes; null for as long as policy usually gives. Covered by the digest.
alter table scope_requests add column requested_duration_seconds int check (requested_duration_seconds > 0);

create function forbid_duration_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was asked never changes' using errcode = '23514';
end $$;
create trigger scope_requests_duration_fixed before update on scope_requests for each row
  when (new.requested_duration_seconds is distinct from old.requested_duration_seconds)
  execute function forbid_duration_change();
