import type { StepUpView } from '../../../api/contract/step-ups.ts';

const headings: Record<StepUpView['status'], string> = {
  unasked: 'Say why before it is asked',
  waiting: 'Waiting for a decision',
  granted: 'Approved',
  refused: 'Not granted',
  withdrawn: 'Withdrawn',
};

/** Whether the client gets less than it asked for. Pure. */
export function isPartly({ status, scopes }: Pick<StepUpView, 'status' | 'scopes'>): boolean {
  return status === 'granted' && scopes.some(({ held }) => !held);
}

/** How it stands, in a few words: the page's heading and the tab's title. Pure. */
export function headingOf(stepUp: Pick<StepUpView, 'status' | 'scopes'> & { requests: { status: string }[] }): string {
  if (isPartly(stepUp)) return 'Granted in part';
  const over = stepUp.status === 'refused' && stepUp.requests.some(({ status }) => status === 'approved');
  return over ? 'Granted, and ended since' : headings[stepUp.status];
}
