-- The queue is read oldest first, by any of a few filters. Only what waits stands in these indexes: they stay small.
create index scope_requests_waiting on scope_requests (created_at, request_id)
  where status in ('requested', 'pending');
create index scope_requests_waiting_subject on scope_requests (subject, created_at, request_id)
  where status in ('requested', 'pending');
create index scope_requests_waiting_client on scope_requests (client_id, created_at, request_id)
  where status in ('requested', 'pending');
create index scope_requests_waiting_tool on scope_requests (tool_name, created_at, request_id)
  where status in ('requested', 'pending');
create index scope_requests_waiting_risk on scope_requests (risk, created_at, request_id)
  where status in ('requested', 'pending');
create index scope_requests_waiting_scopes on scope_requests using gin (scopes) with (fastupdate = off)
  where status in ('requested', 'pending');

-- Words as people type them: marks part them, so that "passwd" is found in "/etc/passwd" and "users" in "admin:users".
create function search_words(content text) returns tsvector language sql immutable parallel safe cost 500
  return to_tsvector('simple', regexp_replace(content, '\\[bfnrtu]|[][\s!"#$%&''()*+,./:;<=>?@\\^_`{|}~-]+', ' ', 'g'));

-- What a search looks at in a request; its people are looked up by their own names.
create function request_words(scopes text[], tool_name text, tool_args jsonb, justification text) returns tsvector
  language sql immutable parallel safe cost 1000
  return search_words(concat_ws(' ', array_to_string(scopes, ' '), tool_name, tool_args::text, justification));

-- Beginnings of words, all of which must be there; null when nothing is left to look for.
create function search_query(word text) returns tsquery language sql immutable parallel safe
  return (select to_tsquery('simple', string_agg(quote_literal(lexeme) || ':*', ' & ')) from unnest(search_words(word)));

create index scope_requests_words on scope_requests using gin (request_words(scopes, tool_name, tool_args, justification))
  with (fastupdate = off);
