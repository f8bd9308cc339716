-- The last good document of each client that somebody lets act for them, for while its site is down. Public, and small.
create table client_documents (
  client_id text primary key check (char_length(client_id) <= 1024),
  document text not null check (octet_length(document) <= 5120),
  fetched_at timestamptz(3) not null,
  -- by its own word, within ours; afterwards it only stands in for a site that fails
  fresh_until timestamptz(3) not null check (fresh_until >= fetched_at)
);
create index client_documents_fresh_until on client_documents (fresh_until);
grant select, insert, delete on client_documents to countersign_app;
grant update (document, fetched_at, fresh_until) on client_documents to countersign_app;

-- Whether anybody lets a client act for them is asked before anybody is signed in.
create index client_consents_client on client_consents (client_id);
