import {
  callToolBodySchema,
  listToolsQuerySchema,
  toolCallAnswerSchema,
  toolDescriptionSchema,
  toolListSchema,
} from '../contract/tools.ts';
import type { RouteDoc } from './route-doc.ts';

/** The tools: what the caller may call, and calling a hosted one as oneself. */
export const toolRoutes: readonly RouteDoc[] = [
  {
    id: 'listTools',
    method: 'get',
    path: '/api/tools',
    tag: 'Reading',
    summary: 'Every tool of live policy, and whether the caller may call it now, by asking, or never',
    access: 'signed_in',
    query: listToolsQuerySchema,
    answers: [{ status: 200, description: 'The tools.', schema: toolListSchema }],
    problems: ['not_auditor', 'not_found'],
  },
  {
    id: 'getTool',
    method: 'get',
    path: '/api/tools/{name}',
    tag: 'Tools',
    summary: 'A hosted tool as its server describes it, arguments included, for the signed-in browser',
    access: 'signed_in',
    answers: [{ status: 200, description: 'The tool.', schema: toolDescriptionSchema }],
    problems: ['client_not_allowed', 'not_found'],
  },
  {
    id: 'callTool',
    method: 'post',
    path: '/api/tools/{name}/call',
    tag: 'Tools',
    summary:
      'Call a hosted tool as oneself, from the signed-in browser; what policy grants at once is obtained at the first use',
    access: 'signed_in',
    guarded: true,
    body: callToolBodySchema,
    answers: [{ status: 200, description: 'How the call came out.', schema: toolCallAnswerSchema }],
    problems: ['client_not_allowed', 'grants_frozen', 'not_found', 'rate_limited'],
  },
];
