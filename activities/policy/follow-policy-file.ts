import type { Db } from '../store/connect.ts';
import { activatePolicy, rejectPolicyFile } from './activate-policy-file.ts';
import { followFile, type FileReading, type FollowFileOptions } from './follow-file.ts';
import { parsePolicy, PolicyFileError } from './parse-policy.ts';

/** What {@link followPolicyFile} takes. */
export interface FollowPolicyOptions extends Pick<FollowFileOptions, 'path' | 'pollMs' | 'settleMs' | 'absentMs'> {
  /** Of the owner: no role that serves may write policy. */
  db: Db;
  /** Requests whose grants have ended already when this begins. */
  untold?: readonly string[];
  /** Tells the workflows of these requests that their grants have ended; tried again when it fails. */
  tellGrantsEnded: (requestIds: readonly string[]) => Promise<void>;
  /** For a person: what became live, or what is wrong with the file. */
  say: (message: string) => void;
}

/**
 * Makes each edit of the policy file live. A broken edit keeps the last good policy, and is said, audited and recorded
 * until it is mended.
 */
export function followPolicyFile(options: FollowPolicyOptions): { close(): Promise<void> } {
  const { db, path, say } = options;
  const untold = new Set(options.untold);

  async function take(reading: FileReading): Promise<void> {
    const parsed = parse(reading, path);
    if ('problems' in parsed) {
      const source = 'source' in reading ? reading.source : reading.unreadable;
      if (await rejectPolicyFile(db, source, parsed.problems)) say(rejected(path, parsed.problems));
    } else {
      const { policy, replaced, changes, mended, endedRequests } = await activatePolicy(
        db,
        parsed.policy,
        parsed.source,
      );
      for (const requestId of endedRequests) untold.add(requestId);
      if (replaced !== undefined) say(activated(policy.version, changes, endedRequests.length));
      else if (mended) say(`the policy file can be used again; ${policy.version} is live, as before`);
    }
    await options.tellGrantsEnded([...untold]);
    untold.clear();
  }

  return followFile({
    ...options,
    onContent: take,
    onFailure: (error) => {
      say(
        `policy file: ${error instanceof Error ? error.message : String(error)}; what is not done yet is tried again`,
      );
    },
  });
}

function parse(
  reading: FileReading,
  path: string,
): { policy: ReturnType<typeof parsePolicy>; source: string } | { problems: readonly string[] } {
  if ('unreadable' in reading) return { problems: [`it cannot be read (${reading.unreadable})`] };
  try {
    return { policy: parsePolicy(reading.source, path), source: reading.source };
  } catch (error) {
    if (error instanceof PolicyFileError) return { problems: error.problems };
    throw error;
  }
}

function rejected(path: string, problems: readonly string[]): string {
  return `POLICY NOT CHANGED: ${path} cannot be used, the last good policy stays live:\n${lines(problems)}`;
}

function activated(version: string, changes: readonly string[], ended: number): string {
  const revoked = ended === 0 ? '' : `; ${ended === 1 ? 'one grant was' : `${ended} grants were`} revoked by it`;
  return `the policy file changed and is live as ${version}${revoked}:\n${lines(changes)}`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `          - ${text}`).join('\n');
}
