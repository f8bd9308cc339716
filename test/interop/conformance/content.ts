import { setTimeout as sleep } from 'node:timers/promises';
import { fromJsonSchema, ResourceTemplate, type JsonSchemaType, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** One red pixel. */
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A wave file without samples. */
const audio = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

const text = (words: string) => ({ type: 'text' as const, text: words });
const picture = { type: 'image' as const, data: image, mimeType: 'image/png' };

/** The tools that the suite calls for what they return. */
export function registerContentTools(server: McpServer): void {
  const simple: Record<string, unknown[]> = {
    test_simple_text: [text('This is a simple text response for testing.')],
    test_image_content: [picture],
    test_audio_content: [{ type: 'audio', data: audio, mimeType: 'audio/wav' }],
    test_embedded_resource: [embedded('test://embedded-resource', 'This is an embedded resource content.')],
    test_multiple_content_types: [
      text('Multiple content types test:'),
      picture,
      embedded('test://mixed-content-resource', '{"test":"data","value":123}', 'application/json'),
    ],
  };
  for (const [name, content] of Object.entries(simple)) {
    server.registerTool(name, { description: `Returns ${name.slice(5)}` }, async () => ({ content: content as [] }));
  }
  server.registerTool('test_error_handling', { description: 'Fails' }, async () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  server.registerTool('test_tool_with_progress', { description: 'Tells how far it is' }, async (context) => {
    const progressToken = context.mcpReq._meta?.progressToken ?? 0;
    for (const progress of [0, 50, 100]) {
      await context.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100, message: `${progress} of 100` },
      });
      await sleep(20);
    }
    return { content: [text('Done')] };
  });
  for (const name of ['test_tool_with_logging', 'test_logging_tool']) {
    server.registerTool(name, { description: 'Logs what it does' }, async (context) => {
      for (const words of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await context.mcpReq.log('info', words);
        await sleep(20);
      }
      return { content: [text('Done')] };
    });
  }
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(schema2020) },
    async () => ({ content: [text('Done')] }),
  );
  const region = z.string().meta({ 'x-mcp-header': 'Region' });
  server.registerTool(
    'test_x_mcp_header',
    { description: 'Has an argument that is a header too', inputSchema: z.object({ region }) },
    async (args) => ({ content: [text(args.region)] }),
  );
}

/** The resources, prompts and completions that the suite asks for. */
export function registerReadables(server: McpServer): void {
  const fixedList = { listChanged: false };
  server.server.registerCapabilities({ completions: {}, logging: {}, resources: fixedList, prompts: fixedList });
  const fixed = (name: string, uri: string, mimeType: string, content: { text: string } | { blob: string }) =>
    server.registerResource(name, uri, { description: name, mimeType }, async () => ({
      contents: [{ uri, mimeType, ...content }],
    }));
  fixed('static-text', 'test://static-text', 'text/plain', { text: 'The content of the static text resource.' });
  fixed('static-binary', 'test://static-binary', 'image/png', { blob: image });
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'template', mimeType: 'application/json' },
    async (uri, { id }) => ({
      contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true }) }],
    }),
  );

  const user = (content: unknown) => ({ messages: [{ role: 'user' as const, content: content as never }] });
  server.registerPrompt('test_simple_prompt', { description: 'Simple' }, async () =>
    user(text('This is a simple prompt for testing.')),
  );
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Two arguments', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    async ({ arg1, arg2 }) => user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A resource', argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => user(embedded(resourceUri, 'Embedded resource content for testing.')),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'An image' }, async () => user(picture));
  server.server.setRequestHandler('completion/complete', async () => ({
    completion: { values: ['paris', 'park'], total: 2, hasMore: false },
  }));
}

function embedded(uri: string, words: string, mimeType = 'text/plain') {
  return { type: 'resource' as const, resource: { uri, mimeType, text: words } };
}

/** As the suite describes it, to be listed keyword by keyword. */
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
} as JsonSchemaType;
