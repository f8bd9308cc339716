import { Router } from 'express';
import { batchDecisionBodySchema } from '../contract/batch-decisions.ts';
import { consentBodySchema } from '../contract/consents.ts';
import {
  approveBodySchema,
  denyBodySchema,
  listRequestsQuerySchema,
  requestSummaryQuerySchema,
  upgradeScopeRequestSchema,
} from '../contract/scope-requests.ts';
import { parseBody, parseQuery, pathId } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { cancelRequest } from './cancel.ts';
import { decideConsent, showConsent } from './consent.ts';
import { decide } from './decide.ts';
import { decideMany } from './decide-many.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { listRequests } from './list-requests.ts';
import { requestDetail } from './request-detail.ts';
import { requestSummary } from './request-summary.ts';
import { requestContext, statusView } from './request-view.ts';
import { upgradeScope } from './upgrade-scope.ts';

/** The approvals API (PRODUCT.md, wire contract). Expects an authenticated caller. */
export function approvalRoutes(deps: ApprovalDeps): Router {
  const router = Router();

  router.post('/upgrade-scope', async (req, res) => {
    res.json(await upgradeScope(deps, callerOf(res), parseBody(upgradeScopeRequestSchema, req)));
  });

  router.get(['/status/:id', '/check-approval/:id'], async (req, res) => {
    const { request } = await findVisibleRequest(deps.db, callerOf(res), pathId(req, 'id'));
    res.json(statusView(request, await requestContext(deps.db, [request]), deps.now()));
  });

  router.post('/approve/:id', async (req, res) => {
    const body = parseBody(approveBodySchema, req);
    const { httpStatus, body: answer } = await decide(deps, callerOf(res), {
      requestId: pathId(req, 'id'),
      verdict: 'approve',
      note: body.comment === undefined || body.comment === '' ? null : body.comment,
      durationSeconds: body.duration_seconds,
      scopes: body.scopes,
      claimedEmail: body.admin_email,
    });
    res.status(httpStatus).json(answer);
  });

  router.post('/deny/:id', async (req, res) => {
    const body = parseBody(denyBodySchema, req);
    const { httpStatus, body: answer } = await decide(deps, callerOf(res), {
      requestId: pathId(req, 'id'),
      verdict: 'deny',
      note: body.reason,
      claimedEmail: body.admin_email,
    });
    res.status(httpStatus).json(answer);
  });

  router.get('/consents/:id', async (req, res) => {
    res.json(await showConsent(deps, callerOf(res), pathId(req, 'id')));
  });

  router.post('/consents/:id', async (req, res) => {
    const body = parseBody(consentBodySchema, req);
    const { httpStatus, body: answer } = await decideConsent(deps, callerOf(res), pathId(req, 'id'), body);
    res.status(httpStatus).json(answer);
  });

  router.post('/decisions', async (req, res) => {
    res.json(await decideMany(deps, callerOf(res), parseBody(batchDecisionBodySchema, req)));
  });

  router.get('/requests', async (req, res) => {
    res.json(await listRequests(deps, callerOf(res), parseQuery(listRequestsQuerySchema, req)));
  });

  // Before the route of one request, whose id it would be.
  router.get('/requests/summary', async (req, res) => {
    res.json(await requestSummary(deps, callerOf(res), parseQuery(requestSummaryQuerySchema, req)));
  });

  router.get('/requests/:id', async (req, res) => {
    res.json(await requestDetail(deps, callerOf(res), pathId(req, 'id')));
  });

  router.post('/requests/:id/cancel', async (req, res) => {
    const { httpStatus, body } = await cancelRequest(deps, callerOf(res), pathId(req, 'id'));
    res.status(httpStatus).json(body);
  });

  return router;
}
