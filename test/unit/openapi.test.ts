import type { Router } from 'express';
import type { Provider } from 'oidc-provider';
import { describe, expect, test } from 'vitest';
import type { ApprovalDeps } from '../../api/approvals/deps.ts';
import { approvalRoutes } from '../../api/approvals/routes.ts';
import { auditRoutes } from '../../api/audit/routes.ts';
import { accessRoutes } from '../../api/chat/access/routes.ts';
import { chatAuthRoutes } from '../../api/chat/auth-routes.ts';
import { chatCookies } from '../../api/chat/chat-cookie.ts';
import { chatRoutes } from '../../api/chat/chat-routes.ts';
import { conversationRoutes } from '../../api/chat/conversation-routes.ts';
import type { ChatDeps } from '../../api/chat/deps.ts';
import { eventRoutes, type EventRouteDeps } from '../../api/events/routes.ts';
import type { ClientDeps } from '../../api/clients/read-clients.ts';
import { clientRoutes } from '../../api/clients/routes.ts';
import { connectionRoutes } from '../../api/connections/routes.ts';
import { freezeRoutes } from '../../api/freeze/routes.ts';
import type { PeopleDeps } from '../../api/people/disable-person.ts';
import { peopleRoutes } from '../../api/people/routes.ts';
import { grantRoutes } from '../../api/grants/routes.ts';
import { authServerRoutes } from '../../api/openapi/auth-server-routes.ts';
import { chatAppRoutes } from '../../api/openapi/chat-routes.ts';
import { openApiDocument } from '../../api/openapi/document.ts';
import { problemCodes, type RouteDoc } from '../../api/openapi/route-doc.ts';
import { authServerDocument, chatAppDocument } from '../../api/openapi/routes.ts';
import { policyRoutes } from '../../api/policy/routes.ts';
import { sessionRoutes, type SessionRouteDeps } from '../../api/sessions/routes.ts';
import type { StepUpDeps } from '../../api/step-up/deps.ts';
import { stepUpRoutes } from '../../api/step-up/routes.ts';
import { statsRoutes } from '../../api/stats/routes.ts';
import type { ToolCallDeps } from '../../api/tools/call-tool.ts';
import { toolCallRoutes } from '../../api/tools/call-routes.ts';
import { toolRoutes } from '../../api/tools/routes.ts';
import { domainErrorCodes } from '../../workflows/domain/errors.ts';
import { contractCheck } from '../support/contract-check.ts';

const served = { url: 'http://localhost:1', cookie: 'a_cookie' };
const documentOf = (routes: readonly RouteDoc[]) =>
  openApiDocument({ ...served, title: 'T', description: 'D', bearer: true, routes });

/** Making the routes asks nothing of what they are made of. */
const nothing = { publicUrl: 'http://localhost:1' };
const approvals = nothing as unknown as ApprovalDeps;
const chat = nothing as unknown as ChatDeps;

/** What a router answers to, in the document's words. */
function answered(prefix: string, router: Router): string[] {
  return router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : [route.path as string | string[]].flat().flatMap((path) =>
          route.stack.map(({ method }) => {
            const full = `${prefix}${path}`.replace(/\/$/, '').replace(/:(\w+)/g, '{$1}');
            return `${method} ${full}`;
          }),
        ),
  );
}
const documented = (routes: readonly RouteDoc[]) => routes.map(({ method, path }) => `${method} ${path}`).sort();

describe('every route is documented, and nothing else is', () => {
  test('auth server', () => {
    const routes = [
      // Defined by the app itself.
      ...['get /healthz', 'get /readyz', 'get /api/user-status'],
      ...answered('', authServerDocument(served)),
      ...answered('', sessionRoutes({ ...nothing, origin: '' } as unknown as SessionRouteDeps)),
      ...answered('/api', approvalRoutes(approvals)),
      ...answered('/api', grantRoutes(approvals)),
      ...answered('/api/people', peopleRoutes(approvals as PeopleDeps)),
      ...answered('/api/clients', clientRoutes(approvals as ClientDeps)),
      ...answered('/api/connections', connectionRoutes(approvals)),
      ...answered('/api/freeze', freezeRoutes(approvals)),
      ...answered('/api', auditRoutes(approvals)),
      ...answered('/api', policyRoutes(approvals)),
      ...answered('/api', statsRoutes(approvals)),
      ...answered('/api', toolRoutes(approvals)),
      ...answered('/api', stepUpRoutes(nothing as unknown as Provider, nothing as unknown as StepUpDeps)),
      ...answered('/api', toolCallRoutes(approvals as ToolCallDeps)),
      ...answered('/api', eventRoutes(nothing as unknown as EventRouteDeps)),
    ];
    expect(documented(authServerRoutes)).toEqual([...new Set(routes)].sort());
  });

  test('chat', () => {
    const cookies = chatCookies('http://localhost:1');
    const routes = [
      'get /healthz',
      'get /readyz',
      ...answered('', chatAppDocument(served)),
      ...answered('', conversationRoutes(chat, cookies)),
      ...answered('', chatRoutes(chat, cookies)),
      ...answered('', accessRoutes(chat, cookies)),
      ...answered('/auth', chatAuthRoutes(chat, cookies)),
    ];
    expect(documented(chatAppRoutes)).toEqual([...new Set(routes)].sort());
  });
});

describe.each([
  ['auth server', authServerRoutes],
  ['chat', chatAppRoutes],
])('the document of the %s', (_name, routes) => {
  test('names each operation once and mentions no schema that it lacks', () => {
    const ids = routes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const document = documentOf(routes);
    const schemas = (document['components'] as { schemas: Record<string, unknown> }).schemas;
    const mentioned = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(mentioned.length).toBeGreaterThan(10);
    expect(mentioned.map(([, name]) => name).filter((name) => !Object.hasOwn(schemas, name ?? ''))).toEqual([]);
  });

  test('says of each route how it refuses: who is not signed in, other sites, ids that there are not', () => {
    for (const route of routes) {
      const codes = problemCodes(route);
      expect(codes.includes('not_signed_in') || route.access === 'public' || route.id === 'finishSignIn').toBe(true);
      expect(codes.includes('cross_site_request'), route.id).toBe(route.method === 'post');
      if (route.path.includes('{')) expect(codes).toContain('not_found');
    }
  });
});

test('between them the documents mention every code there is, but those of other doors', () => {
  const mentioned = new Set([...authServerRoutes, ...chatAppRoutes].flatMap(problemCodes));
  const elsewhere = domainErrorCodes.filter((code) => !mentioned.has(code));
  // The MCP server refuses methods and roles.
  expect(elsewhere).toEqual(['method_not_allowed', 'unknown_role']);
});

describe('the check that tests hold answers to', () => {
  const check = contractCheck(documentOf(authServerRoutes));
  const stats = {
    requests: {
      total: { pending: 0, approved: 0, denied: 0, expired: 0, cancelled: 0 },
      today: { pending: 0, approved: 0, denied: 0, expired: 0, cancelled: 0 },
    },
    time_to_decision: null,
    automatic_share: null,
    approvals: { by_policy: 0, by_people: 0 },
    active_grants: 0,
    days: [],
    decision_times: [],
    approvers: [],
    top_scopes: [],
    now: '2026-11-22T00:00:00.000Z',
  };
  const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'not_approver', detail: 'No.' };
  const json = (path: string, status: number, body: unknown, contentType = 'application/json; charset=utf-8') =>
    check({ method: 'GET', path, status, contentType, text: JSON.stringify(body) });
  const refused = (body: unknown, status = 403) => json('/api/stats', status, body, 'application/problem+json');

  test('lets through what the document says', () => {
    expect(json('/api/stats?x=1', 200, stats)).toBeUndefined();
    expect(refused(problem)).toBeUndefined();
    expect(refused({ ...problem, more: 'members' })).toBeUndefined();
    expect(json('/api/nothing', 404, problem)).toBeUndefined();
    expect(json('/.well-known/openid-configuration', 200, {})).toBeUndefined();
  });

  test.each([
    ['a missing member', () => json('/api/stats', 200, { ...stats, now: undefined })],
    ['an unknown member', () => json('/api/stats', 200, { ...stats, secret: 1 })],
    [
      'an unknown member further down',
      () => json('/api/stats', 200, { ...stats, approvers: [{ email: '', approved: 1, denied: 1, more: 1 }] }),
    ],
    ['a wrong type', () => json('/api/stats', 200, { ...stats, active_grants: '0' })],
    ['a time that is none', () => json('/api/stats', 200, { ...stats, now: 'today' })],
    ['another status', () => json('/api/stats', 201, stats)],
    ['another media type', () => json('/api/stats', 200, stats, 'text/html')],
    ['a code that this route does not have', () => refused({ ...problem, code: 'own_request' })],
    ['a code of another status', () => refused({ ...problem, code: 'internal_error' })],
    ['a problem without its code', () => refused({ ...problem, code: undefined })],
    ['a route that there is not', () => json('/api/nothing', 200, {})],
  ])('finds %s', (_name, difference) => {
    expect(difference()).toContain('GET /api/');
  });
});
