import type { CallToolResult, McpServer, ScopeChallengeHandler, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { inBandRefusalOf, permitOf, type InBandRefusal } from '../auth/call-permits.ts';
import { callerOf, type Caller } from '../auth/caller.ts';
import type { JudgedTool } from '../auth/scope-challenge.ts';
import type { answerInBand } from '../authorization/answer-in-band.ts';
import type { CallRecorder } from './call-recorder.ts';
import { jsonSchemaOnce } from './json-schema-once.ts';
import { outputSchema } from './output-schema.ts';
import { toolFailure } from './tool-failure.ts';

/** What a tool's code is given besides its arguments. */
export interface ToolCall {
  caller: Caller;
  /** The grant it runs under; none where the tool needs no scope. */
  grantId: string | undefined;
  /** Aborted when the client cancels or goes away. */
  signal: AbortSignal;
}

/** What the tools are registered with. */
export interface ToolHost {
  challenge(tool: JudgedTool): ScopeChallengeHandler;
  recorder: CallRecorder;
  /** For clients that get their refusals in the results of tools. */
  answerInBand(refused: InBandRefusal, token: string): ReturnType<typeof answerInBand>;
}

/** A tool that can be put on a server. */
export interface Tool {
  name: string;
  /** What it needs unless the policy file names another scope. */
  scope: string;
  register(server: McpServer, host: ToolHost): void;
}

/**
 * Makes a tool of a description and a function. The function runs only for calls that were judged, and what it throws
 * becomes an `isError` result: a `DomainError` with its own words, anything else with none of its own.
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: {
  name: string;
  title: string;
  description: string;
  scope: string;
  annotations: ToolAnnotations;
  input: Input;
  output: Output;
  run(args: z.output<Input>, call: ToolCall): Promise<z.output<Output>>;
}): Tool {
  const { name, title, description, scope, annotations } = tool;
  const [input, output] = [jsonSchemaOnce(tool.input), outputSchema(tool.output)];
  return {
    name,
    scope,
    register: (server, host) => {
      const config = {
        title,
        description,
        annotations,
        inputSchema: input,
        outputSchema: output,
        scopeChallenge: host.challenge({ name, scope, readOnly: annotations.readOnlyHint === true }),
      };
      server.registerTool(name, config, async (args, context): Promise<CallToolResult> => {
        const caller = callerOf(context.http?.authInfo);
        const refused = inBandRefusalOf(context.mcpReq.id, name);
        const answered = refused && (await host.answerInBand(refused, context.http?.authInfo?.token ?? ''));
        if (answered !== undefined && 'result' in answered) return answered.result;
        const permit = answered?.permit ?? permitOf(context.mcpReq.id, name);
        return host.recorder.record(permit, async () => {
          try {
            const { signal } = context.mcpReq;
            const result = await tool.run(args, { caller, grantId: permit.grantId, signal });
            return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: { ...result } };
          } catch (error) {
            return toolFailure(error, (unexpected) => host.recorder.unexpected(name, unexpected));
          }
        });
      });
    },
  };
}
