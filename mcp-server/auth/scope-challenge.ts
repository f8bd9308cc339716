import type { ScopeChallengeHandler } from '@modelcontextprotocol/server';
import { ownClientIds } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Authority, CoolDown } from '../ports.ts';
import { beginCall, type AskedCall } from './begin-call.ts';
import { argumentsOf, digestOfCall } from './call-arguments.ts';
import { callEntry } from './call-entry.ts';
import {
  claimCallId,
  recordInBand,
  recordInvalid,
  recordPermit,
  recordRefusal,
  recordUnavailable,
} from './call-permits.ts';
import { callerOf } from './caller.ts';

/** A tool as far as its calls are judged. */
export interface JudgedTool {
  name: string;
  /** What it needs unless the policy says otherwise. */
  scope: string;
  /** Changes nothing, so that it may run while its beginning is being recorded. */
  readOnly: boolean;
}

/**
 * Judges every call of one tool against the database and the live policy, before it runs. A refusal is audited and
 * becomes 403 `insufficient_scope`, or is left to the tool's result: for clients that get theirs in band, for calls that can
 * wait, and for whoever was refused the same just now.
 *
 * @param canWait whether a call with these parameters can be parked until it is decided
 */
export function scopeChallenge(
  authority: Authority,
  resource: string,
  { name: toolName, scope: ownScope, readOnly }: JudgedTool,
  canWait: (params: unknown) => boolean = () => false,
): ScopeChallengeHandler {
  return async ({ request, authInfo }) => {
    const caller = callerOf(authInfo);
    const args = argumentsOf(request.params);
    const argumentDigest = digestOrRefuse(resource, toolName, request.params);
    claimCallId(request.id);
    try {
      const requiredScope = caller.rules.scopeOf(toolName) ?? ownScope;
      const asked = { caller, toolName, requiredScope, argumentDigest, readOnly };
      const begun = await beginCall(authority, asked);
      if ('permit' in begun) {
        recordPermit(request.id, begun.permit);
        return undefined;
      }
      const { error, challengeScopes } = begun.refused;
      const coolDown = await coolDownOf(authority, asked);
      // What a client of ours waits for is on its page.
      const waits = !ownClientIds.includes(caller.clientId) && canWait(request.params);
      const inBand = caller.inBand || waits || coolDown !== undefined;
      const entry = callEntry(
        'tool.refused',
        { ...asked, scope: requiredScope },
        { approval_type: error.approval_type, ...(inBand ? { in_band: true } : {}) },
      );
      if (!begun.recorded) await authority.audit({ token: caller.token(), entry, synced: true });
      if (inBand) {
        recordInBand(request.id, { ...asked, error, args, coolDown, canWait: waits });
        return undefined;
      }
      recordRefusal(error);
      return { scopes: challengeScopes, errorDescription: `${toolName} needs the scope ${requiredScope}` };
    } catch (error) {
      recordUnavailable();
      throw error;
    }
  };
}

/** @throws {DomainError} `invalid_request` for arguments that have none: then nothing of the request runs. */
function digestOrRefuse(resource: string, toolName: string, params: unknown): string {
  try {
    return digestOfCall(resource, toolName, params);
  } catch (error) {
    if (error instanceof DomainError) recordInvalid(error);
    throw error;
  }
}

/** Stock clients that were refused come back for the same at once, for ever; these get the answer instead of a challenge. */
async function coolDownOf(
  authority: Pick<Authority, 'coolDown'>,
  { caller, requiredScope }: AskedCall,
): Promise<CoolDown | undefined> {
  if (ownClientIds.includes(caller.clientId)) return undefined;
  const { person, clientId } = caller;
  return authority.coolDown({ token: caller.token(), subject: person.subject, clientId, scope: requiredScope });
}
