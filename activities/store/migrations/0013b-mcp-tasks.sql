-- Calls of MCP clients that speak the tasks extension, parked until their request is decided. A call is claimed once.
create table mcp_tasks (
  task_id text primary key,
  subject text not null references people (subject),
  client_id text not null,
  request_id text not null references scope_requests (request_id),
  tool_name text not null,
  tool_args jsonb not null,
  argument_digest text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- Until then it can be asked after; the result is gone with it.
  expires_at timestamptz(3) not null,
  claimed_at timestamptz(3),
  result jsonb,
  cancelled_at timestamptz(3)
);
create index mcp_tasks_of on mcp_tasks (subject, client_id);
create index mcp_tasks_expired on mcp_tasks (expires_at);
grant select, insert, delete on mcp_tasks to countersign_app;
grant update (updated_at, claimed_at, result, cancelled_at) on mcp_tasks to countersign_app;
