-- That a person lets a client act for them at all. No scope is remembered here: power comes from grants alone.
create table client_consents (
  subject text not null references people (subject),
  client_id text not null,
  consented_at timestamptz not null,
  primary key (subject, client_id)
);
grant select, insert on client_consents to countersign_app;
