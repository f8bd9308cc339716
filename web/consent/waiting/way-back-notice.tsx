import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { Notice } from '../../ui/notice.tsx';
import { clientLabel } from '../../ui/client-label.ts';

/** Says, while it waits, when the client can no longer be answered from here; nothing while it can. */
export function WayBackNotice({ stepUp: { way_back: wayBack, client } }: { stepUp: StepUpView }) {
  if (wayBack === 'open' || wayBack === 'finished') return null;
  const why =
    wayBack === 'lapsed'
      ? `${clientLabel(client)} no longer waits for this page: its sign-in took too long, or was ended.`
      : `${clientLabel(client)} cannot be answered from here: it was begun in another browser, or you have signed in anew since.`;
  return (
    <Notice tone="wait" role="status">
      {why} What is decided counts all the same: once it is granted, start the same thing again there and it goes
      through without asking.
    </Notice>
  );
}
