import type { CallToolResult, McpServer, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { ownClientIds } from '../../workflows/domain/clients.ts';
import { jsonSchemaOnce } from './json-schema-once.ts';
import { outputSchema } from './output-schema.ts';
import { registerTool, type ToolCall, type ToolHost } from './register-tool.ts';

/** A tool that can be put on a server. */
export interface Tool {
  name: string;
  /** What it needs unless the policy file names another scope. */
  scope: string;
  /** What it takes at the approvals API, beyond that. */
  apiScope?: string;
  /** Not for the chat and the dashboard, where people ask and decide on the page (RULES 3, 20). */
  othersOnly?: boolean;
  register(server: McpServer, host: ToolHost): void;
  /** Runs a call that was judged, outside of the request that made it. */
  execute?(args: Record<string, unknown>, call: ToolCall): Promise<CallToolResult>;
}

/** What of these tools there is for callers through that client. */
export function offeredTo<T extends Pick<Tool, 'othersOnly'>>(tools: readonly T[], clientId: string): readonly T[] {
  return ownClientIds.includes(clientId) ? tools.filter(({ othersOnly }) => othersOnly !== true) : tools;
}

/** Makes a tool of a description and a function; see {@link registerTool}. */
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
  const described = {
    ...{ name, title, description, scope, annotations },
    inputSchema: jsonSchemaOnce(tool.input),
    outputSchema: outputSchema(tool.output),
  };
  const run = async (args: z.output<Input>, call: ToolCall): Promise<CallToolResult> => {
    const result = await tool.run(args, call);
    return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: { ...result } };
  };
  return {
    name,
    scope,
    register: (server, host) => registerTool(server, host, described, run),
    execute: async (args, call) => run(tool.input.parse(args), call),
  };
}
