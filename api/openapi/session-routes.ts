import { demoLoginSchema, returnToQuerySchema } from '../contract/sign-in.ts';
import { signInOptionsSchema, userStatusSchema } from '../contract/user-status.ts';
import type { RouteDoc } from './route-doc.ts';

/** Signing in and out, and who one is. */
export const sessionRoutes: readonly RouteDoc[] = [
  {
    id: 'getUserStatus',
    method: 'get',
    path: '/api/user-status',
    tag: 'Session',
    summary: 'Who the caller is and what they hold now',
    access: 'signed_in',
    answers: [{ status: 200, description: 'The caller.', schema: userStatusSchema }],
  },
  {
    id: 'demoLogin',
    method: 'post',
    path: '/auth/demo-login',
    tag: 'Session',
    summary: 'Sign in with a demo account, while demo mode is on',
    access: 'public',
    guarded: true,
    query: returnToQuerySchema,
    body: demoLoginSchema,
    answers: [{ status: 303, description: 'Signed in, with a cookie; leads to `return_to`.' }],
    problems: ['demo_mode_off', 'invalid_credentials', 'rate_limited'],
  },
  {
    id: 'getSignInOptions',
    method: 'get',
    path: '/auth/sign-in-options',
    tag: 'Session',
    summary: 'What the sign-in page offers',
    access: 'public',
    answers: [{ status: 200, description: 'The options.', schema: signInOptionsSchema }],
  },
  {
    id: 'signOut',
    method: 'post',
    path: '/auth/sign-out',
    tag: 'Session',
    summary: 'End one’s sessions, here and at the chat',
    access: 'signed_in',
    guarded: true,
    answers: [
      { status: 204, description: 'Signed out.' },
      { status: 303, description: 'Signed out, for a form: leads to the sign-in page.' },
    ],
    problems: ['client_not_allowed'],
  },
];
