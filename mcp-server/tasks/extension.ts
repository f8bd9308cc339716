import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

/** The tasks extension of MCP, revision 2026-07-28. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** Revisions before 2026-07-28 send no such envelope; their own experimental tasks are not served. */
const envelopeSchema = z.object({
  [PROTOCOL_VERSION_META_KEY]: z.string(),
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ extensions: z.object({ [tasksExtension]: z.looseObject({}) }) }),
});
const paramsSchema = z.object({ _meta: envelopeSchema });

/** Whether a request's parameters, as they came, declare the extension: it counts for that request alone. */
export function declaresTasks(params: unknown): boolean {
  return paramsSchema.safeParse(params).success;
}

/** @throws {MissingRequiredClientCapabilityError} when the request's envelope does not declare it */
export function requireTasks(envelope: unknown): void {
  if (envelopeSchema.safeParse(envelope).success) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [tasksExtension]: {} } } });
}
