import { appendFileSync } from 'node:fs';
import { followPolicyFile } from '../activities/policy/follow-policy-file.ts';
import { connect } from '../activities/store/connect.ts';
import { logFile, type StartContext } from './start-context.ts';
import { tellGrantsEnded } from './tell-grants-ended.ts';

/** Keeps the live policy what the policy file says, until stopped; see {@link followPolicyFile}. */
export function keepPolicy(
  { state, progress, stops }: Pick<StartContext, 'state' | 'progress' | 'stops'>,
  options: {
    path: string;
    /** Of the owner role. */
    databaseUrl: string;
    temporal: { address: string; namespace: string };
    /** Requests whose grants ended when the file was activated at the start. */
    untold: readonly string[];
  },
): void {
  const log = logFile(state, 'policy');
  const connection = connect(options.databaseUrl, { max: 1 });
  const following = followPolicyFile({
    db: connection.db,
    path: options.path,
    untold: options.untold,
    tellGrantsEnded: (requestIds) => tellGrantsEnded(options.temporal, requestIds),
    say: (message) => {
      appendFileSync(log, `${new Date().toISOString()} ${message}\n`, { mode: 0o600 });
      progress.say(message);
    },
  });
  stops.push(async () => {
    await following.close();
    await connection.close();
  });
}
