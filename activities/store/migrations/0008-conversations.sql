-- A turn that its person stopped is neither done nor failed.
alter table chat_messages drop constraint chat_messages_status_check;
alter table chat_messages add constraint chat_messages_status_check
  check (status in ('queued', 'running', 'completed', 'awaiting_authorization', 'failed', 'stopped'));

-- People delete their conversations. What was asked, decided, granted and run stays in requests, grants and audit.
grant delete on chat_sessions, chat_messages, tool_calls to countersign_app;
