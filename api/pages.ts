import { join } from 'node:path';
import { Router } from 'express';
import type { Db } from '../activities/store/connect.ts';
import { livePolicy } from '../activities/store/policies.ts';
import { mayOpenDashboard } from '../workflows/domain/approvers.ts';
import { ownRequestsAddress } from './approvals/own-requests-address.ts';
import { pagesAt } from './http/method-guard.ts';
import { plainPage, plainPageStyle } from './http/plain-page.ts';
import { serveStaticApp, staticApp } from './http/static-app.ts';
import { signInAddress } from './sessions/sign-in-address.ts';
import type { BrowserSessions } from './sessions/browser-sessions.ts';

/** Where people, not programs, are answered. */
export const pages = [
  ...pagesAt(
    '/',
    '/plain-page.css',
    '/interaction/{uid}',
    '/interaction/{uid}/continue',
    '/sign-in',
    '/sign-in/{*path}',
  ),
  ...pagesAt('/consent/{id}', '/waiting/{uid}'),
  ...pagesAt('/dashboard', '/dashboard/{*path}'),
  { method: 'post', path: '/interaction/{uid}' },
];

/** What the pages are made of. */
export interface PageDeps {
  db: Db;
  sessions: BrowserSessions;
  webRoot: string;
  chatUrl: string;
}

/** The sign-in page, and the dashboard for whoever RULES 1 admits. */
export function pageRoutes(deps: PageDeps): Router {
  const router = Router();
  const dashboard = staticApp(join(deps.webRoot, 'admin'));
  const consent = staticApp(join(deps.webRoot, 'consent'));

  router.use(plainPageStyle());
  router.get('/', async (request, response) => {
    const session = await deps.sessions.find(request);
    response.redirect(303, session === undefined ? '/sign-in' : '/dashboard');
  });
  router.use('/sign-in', serveStaticApp(join(deps.webRoot, 'consent')));

  // What is there to consent to or to wait for, and whether it is theirs, the page learns from the API.
  router.get(['/consent/:id', '/waiting/:uid'], async (request, response, next) => {
    if ((await deps.sessions.find(request)) === undefined) {
      response.redirect(303, signInAddress(request.originalUrl));
      return;
    }
    consent.page(request, response, next);
  });

  router.use('/dashboard/assets', dashboard.assets);
  router.get(['/dashboard', '/dashboard/{*path}'], async (request, response, next) => {
    const session = await deps.sessions.find(request);
    if (session === undefined) {
      response.redirect(303, signInAddress(request.originalUrl));
      return;
    }
    if (!mayOpenDashboard(await livePolicy(deps.db), session.person)) {
      response
        .status(403)
        .setHeader('Cache-Control', 'no-store')
        .type('html')
        .send(notAdmitted(session.person.email, deps.chatUrl, request.path));
      return;
    }
    dashboard.page(request, response, next);
  });
  return router;
}

/** Whoever asked may be shown the approvers' link by their client: the page says whom it is for. */
function notAdmitted(email: string, chatUrl: string, path: string): string {
  const ofRequest = path.startsWith('/dashboard/requests/');
  return plainPage({
    title: ofRequest ? 'This link is for an approver' : 'The dashboard is not open to you',
    paragraphs: [
      ...(ofRequest ? ['Pass it on to somebody who can approve the request: they decide there.'] : []),
      `You are signed in as ${email}. The dashboard is for admins, for auditors, and for people whom the policy names as approvers of something.`,
      ofRequest
        ? 'If you asked for this yourself, follow or withdraw it in the chat, on the page “Your access” under “Your requests”.'
        : 'Your own requests are in the chat, where you can follow and cancel them.',
    ],
    links: [
      ...(ofRequest ? [{ href: ownRequestsAddress(chatUrl), text: 'Go to “Your access”' }] : []),
      { href: signInAddress(ofRequest ? path : '/dashboard'), text: 'Sign in as somebody else' },
      ...(ofRequest ? [] : [{ href: chatUrl, text: 'Go to the chat' }]),
    ],
  });
}
