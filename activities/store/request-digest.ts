import { digestOf } from './call-digest.ts';

/** What a request asks for; approvers sign the digest of exactly this. */
export interface AskedFor {
  requestId: string;
  subject: string;
  clientId: string;
  sessionId: string | null;
  scopes: readonly string[];
  toolName: string | null;
  toolArgs: Readonly<Record<string, unknown>> | null;
  justification: string | null;
  /** How long the scopes shall be held; absent where nothing is said, also in what was asked before one could. */
  durationSeconds?: number;
}

/** SHA-256 over the RFC 8785 form of {@link AskedFor}, base64url. */
export function requestDigest(asked: AskedFor): string {
  return digestOf({ ...asked, scopes: [...asked.scopes].sort() });
}

/** One open request per person, client, session and call or scope set (RULES 19). */
export function requestDedupeKey(asked: Omit<AskedFor, 'requestId' | 'justification' | 'durationSeconds'>): string {
  const { subject, clientId, sessionId, toolName, toolArgs } = asked;
  return digestOf({ subject, clientId, sessionId, toolName, toolArgs, scopes: [...asked.scopes].sort() });
}
