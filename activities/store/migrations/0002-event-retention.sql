-- Live views replay from the events table for a week; older rows are removed by the app role.
grant delete on events to countersign_app;
