-- Clients that the owner has registered: they have a secret, which is random, so that its digest is enough. Only the owner
-- writes them.
create table registered_clients (
  client_id text primary key,
  name text not null,
  secret_digest bytea not null check (octet_length(secret_digest) = 32),
  redirect_uris text[] not null,
  -- It may ask for people who are not there (CIBA).
  background boolean not null,
  created_at timestamptz(3) not null
);
grant select on registered_clients to countersign_app;
