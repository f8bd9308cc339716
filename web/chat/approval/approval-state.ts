import type { ToolCallView } from '../../../api/contract/chat.ts';

/**
 * How the approval of a call stands, as the server tells it: what the card shows and which buttons it has. What came
 * of running the call is another matter (`call-outcome`).
 */
export type ApprovalState =
  | { kind: 'not_needed' }
  | { kind: 'granted_at_once'; scopes: readonly string[] }
  | { kind: 'not_asked'; justificationRequired: boolean }
  /** Nobody need be asked: it waits for the freeze alone. */
  | { kind: 'frozen' }
  | { kind: 'waiting'; requestId: string; expiresAt: string | null }
  | { kind: 'deciding'; requestId: string }
  | { kind: 'approved'; by: string | null; until: string | null; grantStatus: string | null; resuming: boolean }
  | { kind: 'denied'; by: string | null; reason: string | null; askable: boolean }
  | { kind: 'expired' }
  /** `note` says who else ended it; without one it was the person. */
  | { kind: 'cancelled'; note: string | null }
  /** Its turn was stopped before it began; nobody had been asked. */
  | { kind: 'stopped' };

/** Reads the state from a call. A call's own end counts before its request's. */
export function approvalState(call: ToolCallView): ApprovalState {
  const { approval, authorization_error: error } = call;
  if (call.status === 'denied') return denied(call);
  if (call.status === 'expired') return { kind: 'expired' };
  if (call.status === 'cancelled') return cancelled(call);
  // What it was refused for has no bearing on it any more.
  if (call.status === 'superseded') return { kind: 'not_needed' };
  if (call.waits_for_freeze_end === true) return { kind: 'frozen' };
  if (error?.approval_type === 'auto' && call.status !== 'parked') return grantedAtOnce(call);

  const asked = approval !== undefined && approval.request_id !== '';
  if (!asked) {
    return call.status === 'parked'
      ? { kind: 'not_asked', justificationRequired: call.justification_required ?? false }
      : { kind: 'not_needed' };
  }
  switch (approval.status) {
    case 'pending':
      if (approval.deciding) return { kind: 'deciding', requestId: approval.request_id };
      return { kind: 'waiting', requestId: approval.request_id, expiresAt: approval.expires_at };
    case 'approved':
      // No person's name on it: the policy granted it.
      if (approval.approved_by === null || approval.approved_by === 'policy') return grantedAtOnce(call);
      return {
        kind: 'approved',
        by: approval.approved_by,
        until: approval.grant?.expires_at ?? null,
        grantStatus: approval.grant?.status ?? null,
        resuming: call.status === 'parked' || call.status === 'ready',
      };
    case 'denied':
      return denied(call);
    case 'expired':
      return { kind: 'expired' };
    case 'cancelled':
      return cancelled(call);
  }
}

function grantedAtOnce(call: ToolCallView): ApprovalState {
  const required = call.authorization_error?.required_scope;
  return {
    kind: 'granted_at_once',
    scopes: call.approval?.required_scopes ?? (required === undefined ? [] : [required]),
  };
}

function cancelled(call: ToolCallView): ApprovalState {
  const note = call.result?.['error'];
  if (typeof note === 'string') return { kind: 'cancelled', note };
  return call.approval?.status === 'cancelled' ? { kind: 'cancelled', note: null } : { kind: 'stopped' };
}

function denied(call: ToolCallView): ApprovalState {
  const forbidden = call.authorization_error?.approval_type === 'forbidden';
  return {
    kind: 'denied',
    by: call.approval?.denied_by ?? null,
    reason: call.approval?.denial_reason ?? null,
    // What policy forbids, nobody can be asked for.
    askable: !forbidden,
  };
}

/** Who refused, in a sentence. What policy refused once can be askable since: policy changes. Pure. */
export function refusedBy({ by, askable }: Extract<ApprovalState, { kind: 'denied' }>): string {
  if (by !== null && by !== 'policy') return `${by} said no.`;
  return askable
    ? 'The policy refused it as it stood then. Asked again, it goes by the policy of now.'
    : 'The policy does not give this to you, and nobody can be asked.';
}

/** The scopes that the call needs, as far as they are known. */
export function neededScopes(call: ToolCallView): readonly string[] {
  const required = call.authorization_error?.required_scope;
  return call.approval?.required_scopes ?? (required === undefined ? [] : [required]);
}
