-- What a parked call has answered is kept no longer than its grant lives: it is dropped in the transaction that ends it.
alter table mcp_tasks add column withdrawn_at timestamptz(3);
grant update (withdrawn_at) on mcp_tasks to countersign_app;
create index mcp_tasks_request on mcp_tasks (request_id);
update mcp_tasks set withdrawn_at = now(), result = null, tool_args = '{}'
  from grants where grants.request_id = mcp_tasks.request_id and grants.end_reason is not null;
