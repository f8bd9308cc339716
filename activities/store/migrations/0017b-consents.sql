-- Whether the person lets the client stay connected when they are not there (offline_access), and what it called itself when
-- they agreed. Consents of before were all given for good.
alter table client_consents add column offline boolean not null default false, add column client_name text;
update client_consents set offline = true;
grant update (offline, client_name, consented_at), delete on client_consents to countersign_app;

-- Registrations that nobody ever used are removed after a while.
alter table oidc_payloads add column created_at timestamptz(3) not null default now();
