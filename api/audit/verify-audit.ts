import type { z } from 'zod';
import { appendAudit } from '../../activities/store/audit.ts';
import type { ChainBreak } from '../../activities/store/audit-chain.ts';
import { verifyAudit, type AuditAnchor } from '../../activities/store/verify-audit.ts';
import type { AuditVerificationView, verifyAuditBodySchema } from '../contract/audit.ts';
import type { Caller } from '../sessions/caller.ts';
import type { AuditDeps } from './deps.ts';

/** Holds the whole audit log to its seals, and records what that found. Expects an auditor. */
export async function verification(
  deps: AuditDeps,
  caller: Caller,
  body: z.output<typeof verifyAuditBodySchema>,
): Promise<AuditVerificationView> {
  const { position, digest } = body;
  const anchor: AuditAnchor | undefined =
    position === undefined || digest === undefined ? undefined : { position, digest };
  const found = await verifyAudit(deps.db, anchor);
  const intact = found.allBreaks === 0 && found.anchorHolds !== false;
  await appendAudit(deps.db, {
    type: 'audit.verified',
    actor: caller.person.subject,
    clientId: caller.clientId,
    data: {
      intact,
      checked: found.checked,
      up_to: found.sealed?.position ?? null,
      breaks: found.allBreaks,
      first_break: found.breaks[0]?.position ?? null,
    },
  });
  return {
    intact,
    checked: found.checked,
    sealed: found.sealed ?? null,
    unsealed: found.unsealed,
    breaks: found.breaks.map((broken) => ({ ...broken, explanation: explain(broken) })),
    all_breaks: found.allBreaks,
    noted_seal_stands: found.anchorHolds ?? null,
    now: deps.now().toISOString(),
  };
}

function explain({ position, kind }: ChainBreak): string {
  switch (kind) {
    case 'changed':
      return `Entry ${position} is not what it was when it was sealed.`;
    case 'removed':
      return `Entry ${position} was sealed and is no longer there.`;
    case 'cut':
      return `Entry ${position} is gone together with its seal, and perhaps others just before it.`;
    case 'inserted':
      return `Entry ${position} has no seal although later ones have: it was put in afterwards, or its seal was taken away.`;
    default:
      return kind satisfies never;
  }
}
