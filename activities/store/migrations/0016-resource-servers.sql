-- Credentials of other people's resource servers (RFC 7662 section 2.1), by the names of the policy file. Only the owner
-- writes them; the secret is random, so that its digest is enough.
create table resource_servers (
  client_id text primary key,
  resource text not null,
  secret_digest bytea not null check (octet_length(secret_digest) = 32),
  created_at timestamptz not null
);
create index resource_servers_resource on resource_servers (resource);
grant select on resource_servers to countersign_app;
