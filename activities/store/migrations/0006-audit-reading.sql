-- The audit log is read by kind and by time; a block range index on a column that only grows costs next to nothing.
create index audit_events_type on audit_events (type, position);
create index audit_events_at on audit_events using brin (at);
