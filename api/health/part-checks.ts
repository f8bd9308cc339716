import type { Client } from '@temporalio/client';
import { checkMint } from '../../activities/mint/mint-health.ts';
import type { Db } from '../../activities/store/connect.ts';
import { checkDatabase, checkMigrations } from '../../activities/store/readiness.ts';

/** A part without which a server cannot do its work. */
export type Part = 'database' | 'migrations' | 'temporal' | 'mint';

/** Each resolves when its part answers, and rejects otherwise. */
export type PartChecks = Partial<Record<Part, () => Promise<void>>>;

/** The checks of what a server is made of; parts that it does not use are left out. */
export function partChecks(of: { db: Db; temporal?: Client; mintSocketPath?: string }): PartChecks {
  const { db, temporal, mintSocketPath } = of;
  return {
    database: () => checkDatabase(db),
    migrations: () => checkMigrations(db),
    ...(temporal === undefined ? {} : { temporal: () => checkTemporal(temporal) }),
    ...(mintSocketPath === undefined ? {} : { mint: () => checkMint(mintSocketPath) }),
  };
}

const deadlineMs = 1_500;

/** Our namespace is asked about, so that a Temporal without it does not pass. */
async function checkTemporal(client: Client): Promise<void> {
  const { namespace } = client.options;
  await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.describeNamespace({ namespace }));
}
