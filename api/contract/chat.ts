import { z } from 'zod';
import { callStatuses } from '../../workflows/domain/call-status.ts';
import { approvalTypeSchema, authorizationErrorSchema } from './authorization-error.ts';
import { durationSecondsSchema, grantDurationShape, requestStatusSchema } from './scope-requests.ts';

/** Where a tool call stands. */
export const callStatusSchema = z.enum(callStatuses);

/** A tool call as it stands in the message that proposed it. */
export const toolCallSchema = z.object({
  call_id: z.string(),
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  status: callStatusSchema,
  /** MCP structured content of a finished call, or `{ error }`. */
  result: z.record(z.string(), z.unknown()).optional(),
  authorization_error: authorizationErrorSchema.optional(),
  approval_request_id: z.string().optional(),
  /** How long a grant of what a waiting call needs can live, for the choice of whoever asks. */
  grant_bounds: z.object({ grant_seconds: z.int(), max_grant_seconds: z.int() }).optional(),
  /** Whether whoever asks for what a waiting call needs has to say why. */
  justification_required: z.boolean().optional(),
  /** A waiting call that nobody need be asked for: it goes on by itself when the freeze is lifted. */
  waits_for_freeze_end: z.literal(true).optional(),
  /** The request's state while the call waits or after it ended, for the approval card. */
  approval: requestStatusSchema
    .extend({
      required_scopes: z.array(z.string()),
      justification_required: z.boolean(),
      approvers: z.array(z.string()),
      ...grantDurationShape,
      approval_type: approvalTypeSchema.nullable(),
      /** Where the person decides themselves, while policy leaves it to them and they have not. */
      consent_url: z.string().nullable(),
    })
    .optional(),
  finished_at: z.iso.datetime().optional(),
});
export type ToolCallView = z.infer<typeof toolCallSchema>;

/** Body of `POST /chat`. */
export const postChatSchema = z.object({
  message: z.string().trim().min(1, 'Write a message.').max(10_000),
  session_id: z.string().min(1).max(128).optional(),
});

/** How a turn stands when it is answered. */
export const replyStatusSchema = z.enum(['completed', 'awaiting_authorization', 'failed', 'stopped']);

/** Answer of `POST /chat` and `POST /retry-message`. */
export const chatReplySchema = z.object({
  session_id: z.string(),
  message_id: z.string(),
  status: replyStatusSchema,
  reply: z.string(),
  tool_calls: z.array(toolCallSchema),
  authorization_error: authorizationErrorSchema.optional(),
  approval_request_id: z.string().optional(),
});
export type ChatReply = z.infer<typeof chatReplySchema>;

/** Body of `POST /request-approval`. */
export const requestApprovalSchema = z.object({
  session_id: z.string().min(1).max(128),
  message_id: z.string().min(1).max(128).optional(),
  justification: z.string().trim().max(2_000).optional(),
  duration_seconds: durationSecondsSchema.optional(),
});

/** Body of `POST /retry-message`. */
export const retryMessageSchema = z.object({
  session_id: z.string().min(1).max(128),
  message_id: z.string().min(1).max(128).optional(),
});

/** Body of `POST /cancel-approval`. */
export const cancelApprovalSchema = z.object({
  session_id: z.string().min(1).max(128),
  approval_request_id: z.string().min(1).max(128),
});

/** Query of `GET /api/chat-history`. */
export const historyQuerySchema = z.object({ session_id: z.string().min(1).max(128) });

/** A message of a conversation. */
export const chatMessageSchema = z.object({
  message_id: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  status: z.enum(['queued', 'running', 'completed', 'awaiting_authorization', 'failed', 'stopped']),
  tool_calls: z.array(toolCallSchema).optional(),
  authorization_error: authorizationErrorSchema.optional(),
  approval_request_id: z.string().optional(),
  created_at: z.iso.datetime(),
});
export type ChatMessageView = z.infer<typeof chatMessageSchema>;

/** Answer of `GET /api/chat-history`. */
export const chatHistorySchema = z.object({
  session_id: z.string(),
  title: z.string(),
  messages: z.array(chatMessageSchema),
  now: z.iso.datetime(),
});
export type ChatHistory = z.infer<typeof chatHistorySchema>;

/** Answer of `GET /api/chat-sessions`: newest first. */
export const chatSessionListSchema = z.object({
  sessions: z.array(
    z.object({
      session_id: z.string(),
      title: z.string(),
      updated_at: z.iso.datetime(),
      waiting: z.boolean(),
      /** The requests that calls of it wait for. */
      open_requests: z.array(z.string()),
    }),
  ),
});
export type ChatSessionList = z.infer<typeof chatSessionListSchema>;

/** Answer of `GET /api/agent` at 5001: which model answers, honestly named. */
export const agentInfoSchema = z.object({
  model: z.string(),
  offline: z.boolean(),
  description: z.string(),
  dashboard_url: z.string(),
});
export type AgentInfo = z.infer<typeof agentInfoSchema>;
