-- A role is ready only on a schema of its own version, so it may read which migrations have run.
grant select on kysely_migration to countersign_app, countersign_mint;
