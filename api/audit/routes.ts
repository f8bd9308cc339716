import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { auditExportQuerySchema, auditQuerySchema, verifyAuditBodySchema } from '../contract/audit.ts';
import { parseBody, parseQuery } from '../http/parse.ts';
import { callerOf } from '../sessions/authenticate.ts';
import { auditorsOnly } from './auditors-only.ts';
import type { AuditDeps } from './deps.ts';
import { exportAudit } from './export-audit.ts';
import { auditPage } from './list-audit.ts';
import { createTurns } from './turns.ts';
import { verification } from './verify-audit.ts';

/** How long a reader of an export may take nothing. */
const stalledMs = 60_000;

/** The audit log: read, exported, verified. Expects an authenticated caller. */
export function auditRoutes(deps: AuditDeps): Router {
  const router = Router();
  const exports = createTurns(3);
  const verifications = createTurns(1);

  router.get('/audit', async (req, res) => {
    res.json(await auditPage(deps, callerOf(res), parseQuery(auditQuerySchema, req)));
  });

  router.get('/audit/export', async (req, res) => {
    const query = parseQuery(auditExportQuerySchema, req);
    await auditorsOnly(deps.db, callerOf(res), 'audit_export');
    const done = exports.take();
    try {
      const { contentType, fileName, body } = await exportAudit(deps, callerOf(res), query);
      res.setHeader('Content-Type', contentType);
      res.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
      // Turns are few: whoever stops reading gives theirs back.
      res.setTimeout(stalledMs, () => res.destroy());
      // What breaks on the way breaks the connection: a file that is cut off must not look whole.
      await pipeline(body, res).catch((err: unknown) => {
        deps.logger.warn({ err }, 'an export of the audit log ended early');
      });
    } finally {
      done();
    }
  });

  router.post('/audit/verify', async (req, res) => {
    const body = parseBody(verifyAuditBodySchema, req);
    await auditorsOnly(deps.db, callerOf(res), 'audit_verify');
    const done = verifications.take();
    try {
      res.json(await verification(deps, callerOf(res), body));
    } finally {
      done();
    }
  });

  return router;
}
