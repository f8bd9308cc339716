import { randomUUID } from 'node:crypto';
import { callHasEnded } from '../../workflows/domain/call-status.ts';
import { callDigest } from '../store/call-digest.ts';
import { findMessage, listMessages, lockMessage, setReply, type ChatMessage } from '../store/chat-messages.ts';
import type { Db, DbOrTrx } from '../store/connect.ts';
import { listCalls, proposeCall } from '../store/tool-call-runs.ts';
import { askModel, type StepResult } from './model-answer.ts';
import { keepDraft } from './keep-draft.ts';
import type { LiveText } from './live-text.ts';
import type { ModelInput, ModelPort } from './model-port.ts';
import type { ToolCatalogue } from './tool-catalogue.ts';
import { transcriptOf } from './transcript.ts';

/** What one model step needs. */
export interface ModelStepDeps {
  db: Db;
  model: ModelPort;
  liveText: LiveText;
  catalogue: ToolCatalogue;
  /** The tool server's resource identifier, part of every call's digest. */
  resource: string;
}

/** A turn that keeps calling tools is stopped here. */
const mostCallsInATurn = 8;

/** One step of a turn. Repeating it changes nothing once the turn has ended or a call stands proposed. */
export async function takeModelStep(deps: ModelStepDeps, messageId: string, signal?: AbortSignal): Promise<void> {
  const message = await findMessage(deps.db, messageId);
  if (message === undefined || !(await isOpen(deps.db, message))) return;
  const { subject } = await deps.db
    .selectFrom('chat_sessions')
    .select('subject')
    .where('session_id', '=', message.session_id)
    .executeTakeFirstOrThrow();
  const [messages, calls, tools] = await Promise.all([
    listMessages(deps.db, message.session_id),
    listCalls(deps.db, { sessionId: message.session_id }),
    deps.catalogue.list({ subject, sessionId: message.session_id }),
  ]);
  const made = calls.filter(({ message_id }) => message_id === messageId).length;
  const result: StepResult | undefined =
    made >= mostCallsInATurn
      ? { kind: 'text', text: 'I stop here: this turn has made as many tool calls as one turn may.' }
      : await askUnlessStopped(
          deps,
          messageId,
          { transcript: transcriptOf(messages, calls, messageId), tools },
          signal,
        );
  if (result === undefined) return;
  await deps.db.transaction().execute(async (trx) => {
    const locked = await lockMessage(trx, messageId);
    if (locked !== undefined && (await isOpen(trx, locked))) await store(trx, deps.resource, message, result);
  });
}

/** Undefined when the turn was stopped while the model was being asked. */
async function askUnlessStopped(
  deps: ModelStepDeps,
  messageId: string,
  input: ModelInput,
  signal: AbortSignal | undefined,
): Promise<StepResult | undefined> {
  const draft = keepDraft(deps, messageId);
  try {
    return await askModel(deps.model, input, {
      signal: signal === undefined ? draft.stopped : AbortSignal.any([signal, draft.stopped]),
      onText: (saidSoFar) => draft.say(saidSoFar),
    });
  } catch (error) {
    if (draft.stopped.aborted) return undefined;
    throw error;
  } finally {
    await draft.close();
  }
}

/** The turn goes on, and none of its calls is under way. */
async function isOpen(db: DbOrTrx, message: ChatMessage): Promise<boolean> {
  if (message.status !== 'running' && message.status !== 'awaiting_authorization') return false;
  return (await listCalls(db, { messageId: message.message_id })).every(({ status }) => callHasEnded(status));
}

async function store(trx: DbOrTrx, resource: string, message: ChatMessage, result: StepResult): Promise<void> {
  switch (result.kind) {
    case 'text':
      return setReply(trx, message.message_id, { status: 'completed', content: result.text });
    case 'failed':
      return setReply(trx, message.message_id, { status: 'failed', content: result.text });
    case 'call':
      // What was said before the call was thinking aloud.
      await setReply(trx, message.message_id, { status: 'running', content: '' });
      return proposeCall(trx, {
        callId: `call_${randomUUID()}`,
        sessionId: message.session_id,
        messageId: message.message_id,
        name: result.tool.name,
        arguments: result.arguments,
        argumentsDigest: callDigest({ server: resource, tool: result.tool.name, arguments: result.arguments }),
        repeatable: result.tool.repeatable,
      });
    default:
      return result satisfies never;
  }
}
