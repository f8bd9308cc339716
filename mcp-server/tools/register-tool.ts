import type {
  CallToolResult,
  McpServer,
  ScopeChallengeHandler,
  ServerContext,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import { inBandRefusalOf, takePermit, type CallPermit, type InBandRefusal } from '../auth/call-permits.ts';
import { callerOf, type Caller } from '../auth/caller.ts';
import type { JudgedTool } from '../auth/scope-challenge.ts';
import type { CallRecorder } from './call-recorder.ts';
import { toolFailure } from './tool-failure.ts';

/** What a tool's code is given besides its arguments. */
export interface ToolCall {
  caller: Caller;
  /** The grant it runs under; none where the tool needs no scope. */
  grantId: string | undefined;
  /** Aborted when the client cancels or goes away. */
  signal: AbortSignal;
}

/** The call while its client holds it open. */
export interface HeldCall {
  /** Tells the client how it goes; undefined when it did not ask to be told. */
  progress: ((elapsedMs: number, message: string) => Promise<void>) | undefined;
  /** Aborted when the client cancels or goes away. */
  signal: AbortSignal;
}

/** What tools are registered with: their judge, their record, and the answer of clients that are not challenged. */
export interface ToolHost {
  challenge(tool: JudgedTool): ScopeChallengeHandler;
  recorder: CallRecorder;
  /** For clients that get their refusals in the results of tools. */
  answerInBand(
    refused: InBandRefusal,
    token: string,
    held: HeldCall,
  ): Promise<{ permit: CallPermit } | { result: CallToolResult }>;
}

/** A tool as it is shown, with the scope that its calls need. */
export interface ToolDescription<Input extends StandardSchemaWithJSON> {
  name: string;
  /** What it needs unless policy says otherwise. */
  scope: string;
  title?: string;
  description: string;
  annotations?: ToolAnnotations;
  inputSchema: Input;
  outputSchema?: StandardSchemaWithJSON;
}

/**
 * Puts a tool on a server. Its function runs only for calls that were judged in this very request, and each call is
 * recorded. What it throws becomes an `isError` result: a `DomainError` with its own words, anything else with none of
 * its own.
 */
export function registerTool<Input extends StandardSchemaWithJSON>(
  server: McpServer,
  host: ToolHost,
  { name, scope, ...config }: ToolDescription<Input>,
  run: (args: StandardSchemaWithJSON.InferOutput<Input>, call: ToolCall) => CallToolResult | Promise<CallToolResult>,
): void {
  const readOnly = config.annotations?.readOnlyHint === true;
  const scopeChallenge = host.challenge({ name, scope, readOnly });
  // The SDK checks the arguments with the schema before it calls.
  const shown: StandardSchemaWithJSON = config.inputSchema;
  server.registerTool(name, { ...config, inputSchema: shown, scopeChallenge }, async (args, context) => {
    const caller = callerOf(context.http?.authInfo);
    const refused = inBandRefusalOf(context.mcpReq.id, name);
    // What is asked for is what would run: a client that makes things up beside it gets the same request again.
    const asked = refused && { ...refused, args: { ...(args as object) } };
    const answered = asked && (await host.answerInBand(asked, caller.token(), heldCall(context)));
    if (answered !== undefined && 'result' in answered) return answered.result;
    const permit = answered?.permit ?? takePermit(context.mcpReq.id, name);
    return host.recorder.record(permit, async () => {
      try {
        const { signal } = context.mcpReq;
        return await run(args, {
          caller,
          grantId: permit.grantId,
          signal,
        });
      } catch (error) {
        return toolFailure(error, (unexpected) => host.recorder.unexpected(name, unexpected));
      }
    });
  });
}

function heldCall({ mcpReq }: ServerContext): HeldCall {
  const progressToken = mcpReq._meta?.progressToken;
  return {
    signal: mcpReq.signal,
    progress:
      progressToken === undefined
        ? undefined
        : (elapsedMs, message) =>
            mcpReq.notify({
              method: 'notifications/progress',
              params: { progressToken, progress: elapsedMs / 1_000, message },
            }),
  };
}
