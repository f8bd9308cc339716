import { defaultSweepTiming, type SweepDeps, type SweepTiming } from './deps.ts';
import { forgetRepairs } from './repairs.ts';
import { createAuditSealing } from './seal-audit.ts';
import { releaseHeldCalls, settleLostCalls } from './sweep-calls.ts';
import { wakeStalledConversations } from './sweep-conversations.ts';
import { sweepDecisions } from './sweep-decisions.ts';
import { createGrantSweep } from './sweep-grants.ts';
import { createRegistrationSweep } from './sweep-registrations.ts';
import { createRequestSweep } from './sweep-requests.ts';

/** Claims older than this hold nothing back; those of releases are compared with grants, which live shorter. */
const repairsKeptMs = 30 * 86_400_000;

/** Looks once through everything that a crash may have left, and repairs it. */
export interface Sweeper {
  /** Each part by itself: one that fails is logged, once until it works again, and never stops the others. */
  sweep(): Promise<void>;
}

/** Makes a sweeper; every repair is guarded in the database, so that any number of them may run. */
export function createSweeper(
  given: Omit<SweepDeps, 'timing'> & { timing?: Partial<SweepTiming> | undefined },
): Sweeper {
  const deps: SweepDeps = { ...given, timing: { ...defaultSweepTiming, ...given.timing } };
  const parts: readonly (readonly [string, () => Promise<void>])[] = [
    ['requests', createRequestSweep(deps)],
    ['decisions', () => sweepDecisions(deps)],
    ['grants', createGrantSweep(deps)],
    ['lost calls', () => settleLostCalls(deps)],
    ['parked calls', () => releaseHeldCalls(deps)],
    ['conversations', () => wakeStalledConversations(deps)],
    ['registrations', createRegistrationSweep(deps)],
    ['audit seals', createAuditSealing(deps.db)],
    ['claims', () => forgetRepairs(deps.db, new Date(deps.now().getTime() - repairsKeptMs))],
  ];
  const broken = new Set<string>();
  return {
    async sweep() {
      for (const [name, part] of parts) {
        try {
          await part();
          broken.delete(name);
        } catch (err) {
          if (!broken.has(name)) deps.logger.warn({ err, part: name }, 'sweeping failed; it is tried again');
          broken.add(name);
        }
      }
    },
  };
}
