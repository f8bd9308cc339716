import type { Tone } from '../../ui/tone.ts';

interface Word {
  text: string;
  tone?: Tone;
}

/** What each kind of entry is called, in the order of a choice. */
const words: Readonly<Record<string, Word>> = {
  'request.created': { text: 'Request made' },
  'request.pending': { text: 'Request waits for a decision', tone: 'wait' },
  'request.justified': { text: 'Reason added to a request' },
  'request.approved': { text: 'Request approved', tone: 'good' },
  'request.denied': { text: 'Request denied', tone: 'bad' },
  'request.expired': { text: 'Request expired unanswered', tone: 'gone' },
  'request.cancelled': { text: 'Request cancelled', tone: 'pulled' },
  'request.withdrawal_recorded': { text: 'Withdrawal recorded' },
  'request.withdrawal_redelivered': { text: 'Withdrawal delivered again' },
  'request.workflow_restarted': { text: 'Request’s workflow started again' },
  'decision.recorded': { text: 'Decision recorded' },
  'decision.redelivered': { text: 'Decision delivered again' },
  'decision.dropped': { text: 'Decision dropped at its re-check', tone: 'wait' },
  'decision.refused': { text: 'Decision refused', tone: 'bad' },
  'grant.created': { text: 'Grant begins', tone: 'good' },
  'grant.expired': { text: 'Grant expired', tone: 'gone' },
  'grant.revoked': { text: 'Grant revoked', tone: 'bad' },
  'grant.returned': { text: 'Grant handed back', tone: 'pulled' },
  'grant.consumed': { text: 'Grant used up' },
  'credential.issued': { text: 'Token issued' },
  'credential.refused': { text: 'Token refused', tone: 'bad' },
  'token.refused': { text: 'Unknown token refused', tone: 'bad' },
  'token.exchanged': { text: 'Token exchanged by the tools' },
  'tool.called': { text: 'Tool called', tone: 'accent' },
  'tool.finished': { text: 'Tool call ended' },
  'tool.refused': { text: 'Tool call refused', tone: 'bad' },
  'call.released': { text: 'Parked call released' },
  'call.settled': { text: 'Lost call settled' },
  'access.refused': { text: 'Access refused', tone: 'bad' },
  'session.signed_in': { text: 'Signed in' },
  'session.sign_in_failed': { text: 'Sign-in failed', tone: 'wait' },
  'session.signed_out': { text: 'Signed out' },
  'client.registered': { text: 'Client registered' },
  'client.removed': { text: 'Registered client removed', tone: 'pulled' },
  'client.consented': { text: 'Client allowed to act for the person', tone: 'good' },
  'client.consent_refused': { text: 'Client not allowed to act for the person', tone: 'pulled' },
  'client.disconnected': { text: 'Client disconnected by the person', tone: 'pulled' },
  'client.signed_in': { text: 'Signed in at a client' },
  'client.sign_in_ended': { text: 'Sign-in at a client ended', tone: 'pulled' },
  'step_up.begun': { text: 'Waiting page opened for a client' },
  'step_up.withdrawn': { text: 'Waiting page: withdrawn', tone: 'pulled' },
  'step_up.finished': { text: 'Client told what came of it' },
  'client.registrations_removed': { text: 'Registrations that nobody used removed' },
  'session.ended': { text: 'Sign-in ended by somebody else', tone: 'wait' },
  'conversation.stopped': { text: 'Conversation stopped' },
  'conversation.renamed': { text: 'Conversation renamed' },
  'conversation.deleted': { text: 'Conversation deleted' },
  'policy.activated': { text: 'Policy activated', tone: 'accent' },
  'policy.rejected': { text: 'Policy file rejected', tone: 'bad' },
  'policy.mended': { text: 'Policy file mended' },
  'person.roles_changed': { text: 'Roles changed', tone: 'accent' },
  'person.disabled': { text: 'Account disabled', tone: 'bad' },
  'person.enabled': { text: 'Account enabled', tone: 'good' },
  'client.blocked': { text: 'Client blocked', tone: 'bad' },
  'client.unblocked': { text: 'Client unblocked', tone: 'good' },
  'client.named': { text: 'Client renamed' },
  'client.errors_set': { text: 'How refused calls of a client are answered, set' },
  'resource_server.added': { text: 'Resource server added', tone: 'accent' },
  'resource_server.removed': { text: 'Resource server removed', tone: 'pulled' },
  'grants.frozen': { text: 'Everything elevated frozen', tone: 'bad' },
  'grants.unfrozen': { text: 'Freeze lifted', tone: 'good' },
  'people.seeded': { text: 'Demo people added' },
  'audit.exported': { text: 'Audit log exported', tone: 'accent' },
  'audit.verified': { text: 'Audit log verified' },
};

/** The kinds of entries to choose from. */
export const entryTypes = Object.entries(words).map(([value, { text }]) => ({ value, label: text }));

/** What an entry is called; a kind from a newer server is shown as it is. */
export function entryWord(type: string): { text: string; tone: Tone } {
  const word = words[type];
  return { text: word?.text ?? type, tone: word?.tone ?? 'neutral' };
}
