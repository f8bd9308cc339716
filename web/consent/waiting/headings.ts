import type { StepUpView } from '../../../api/contract/step-ups.ts';

const headings: Record<StepUpView['status'], string> = {
  unasked: 'Say why before it is asked',
  waiting: 'Waiting for a decision',
  granted: 'Approved',
  refused: 'Not granted',
  withdrawn: 'Withdrawn',
};

/** Whether all that is waited for is the person's own to confirm. Pure. */
export function isAllOwn({ status, scopes }: Pick<StepUpView, 'status' | 'scopes'>): boolean {
  const missing = scopes.filter(({ held }) => !held);
  return status === 'waiting' && missing.length > 0 && missing.every(({ decided_by: by }) => by === 'self');
}

/** Whether the client gets less than it asked for. Pure. */
export function isPartly({ status, scopes }: Pick<StepUpView, 'status' | 'scopes'>): boolean {
  return status === 'granted' && scopes.some(({ held }) => !held);
}

/** How it stands, in a few words: the page's heading and the tab's title. Pure. */
export function headingOf(stepUp: Pick<StepUpView, 'status' | 'scopes'> & { requests: { status: string }[] }): string {
  if (isAllOwn(stepUp)) return 'Waiting for your confirmation';
  if (isPartly(stepUp)) return 'Granted in part';
  const over = stepUp.status === 'refused' && stepUp.requests.some(({ status }) => status === 'approved');
  if (over) return 'Granted, and ended since';
  // Silence is no refusal.
  const { requests } = stepUp;
  const unanswered = requests.length > 0 && requests.every(({ status }) => status === 'expired');
  return stepUp.status === 'refused' && unanswered ? 'Nobody answered in time' : headings[stepUp.status];
}

/** What the client gets without one of these requests having granted it. Pure. */
export function heldOtherwise({ scopes, requests }: Pick<StepUpView, 'scopes' | 'requests'>): string[] {
  const granted = requests.flatMap(({ grant }) => (grant?.status === 'active' ? grant.scopes : []));
  return scopes.filter(({ scope, held }) => held && !granted.includes(scope)).map(({ scope }) => scope);
}
