-- A person's sign-in at a client: what its tokens belong to. The id is the digest of the OAuth provider's grant id, as in
-- oidc_payloads.grant_id, and stands in access tokens as `sid`. Ended ones are kept longer than any token lives.
create table client_sign_ins (
  sign_in_id text primary key,
  subject text not null references people (subject),
  client_id text not null,
  -- The browser's sign-in that it came of; none for clients without a browser.
  account_session_id text references account_sessions (session_id),
  created_at timestamptz(3) not null,
  used_at timestamptz(3),
  ended_at timestamptz(3)
);
create index client_sign_ins_of on client_sign_ins (subject, client_id) where ended_at is null;
create index client_sign_ins_session on client_sign_ins (account_session_id) where ended_at is null;
create index client_sign_ins_created on client_sign_ins (created_at);
grant select, insert, update (used_at, ended_at), delete on client_sign_ins to countersign_app;
grant select on client_sign_ins to countersign_mint;
