-- What is wrong with the policy file now; no row when it can be used. Written, like policy itself, by the owner alone.
create table policy_problem (
  only_one boolean primary key default true check (only_one),
  -- Of the file as it was read, so that the same mistake is audited once.
  file_digest text not null,
  problems text[] not null,
  noticed_at timestamptz(3) not null default now()
);
grant select on policy_problem to countersign_app;
