import type { StepUpView } from '../../../api/contract/step-ups.ts';

/** How it stands, in a few words: the page's heading and the tab's title. */
export const headings: Record<StepUpView['status'], string> = {
  unasked: 'Say why before it is asked',
  waiting: 'Waiting for a decision',
  granted: 'Approved',
  refused: 'Not granted',
  withdrawn: 'Withdrawn',
};
