-- What a parked call was to be run with is forgotten as soon as it cannot be run any more.
update mcp_tasks set tool_args = '{}' where claimed_at is not null or result is not null or cancelled_at is not null;
grant update (tool_args) on mcp_tasks to countersign_app;
