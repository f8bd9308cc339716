import { createPrivateKey } from 'node:crypto';
import { mintGrant } from '../activities/mint/mint-grant.ts';
import { startSignServer } from '../activities/mint/sign-server.ts';
import { createStatementVerifier } from '../activities/mint/statement.ts';
import type { MintActivities } from '../activities/mint/types.ts';
import { connect } from '../activities/store/connect.ts';
import { trailOfActivities } from '../activities/telemetry/temporal-trail.ts';
import { taskQueues } from '../workflows/task-queues.ts';
import type { MintOptions } from './options.ts';
import { runWorker } from './run-worker.ts';

/** The `mint` role: the only holder of the key that signs elevated tokens and the only writer of grants (RULES 12). */
export async function startMint(
  options: MintOptions,
): Promise<{ open(): Promise<void>; close(): Promise<void>; failed: Promise<never> }> {
  const database = connect(options.databaseUrl, {
    onIdleError: (err) => {
      options.logger.warn({ err }, 'database connection lost');
    },
  });
  const verify = await createStatementVerifier(options.decisionPublicJwk);
  const now = (): Date => new Date();
  const signServer = await startSignServer({
    db: database.db,
    privateKey: createPrivateKey({ key: options.mintPrivateJwk, format: 'jwk' }),
    kid: options.mintPrivateJwk.kid ?? '',
    issuer: options.issuer,
    resources: options.resources,
    now,
    socketPath: options.socketPath,
    logger: options.logger,
  });
  const worker = await runWorker(options.temporal, {
    taskQueue: taskQueues.mint,
    interceptors: { activity: [trailOfActivities(options.logger)] },
    activities: { mintGrant: (input) => mintGrant({ db: database.db, verify, now }, input) } satisfies MintActivities,
  });
  return {
    failed: worker.failed,
    open: () => Promise.resolve(),
    close: async () => {
      await worker.close();
      await signServer.close();
      await database.close();
    },
  };
}
