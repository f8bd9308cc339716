import { useEffect, useState } from 'react';
import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { clientLabel } from '../../ui/client-label.ts';
import { isPartly } from './headings.ts';

/** A refusal is read before the browser leaves; good news can be read in the client. */
const [toRead, atOnce] = [6_000, 600];

/** Takes the answer to the client, by itself unless it is told to stay; says what holds where that cannot be. */
export function GoingBack({ stepUp }: { stepUp: StepUpView }) {
  const { client, status } = stepUp;
  const name = clientLabel(client);
  const granted = status === 'granted';
  switch (stepUp.way_back) {
    case 'open':
      return cameBack() ? (
        <p className="text-sm text-muted">{unreachable(name, granted)}</p>
      ) : (
        <Returning stepUp={stepUp} />
      );
    case 'finished':
      return (
        <p className="text-sm text-muted">
          {name} has been answered at {client.answer_goes_to}; you can close this page.{' '}
          {granted && `If nothing opened there, start the same thing again in ${name}: it goes through without asking.`}
        </p>
      );
    case 'lapsed':
    case 'elsewhere':
      return <p className="text-sm text-muted">{unreachable(name, granted)}</p>;
  }
}

/** The server sent the browser back here: going there again would only return. */
function cameBack(): boolean {
  return new URLSearchParams(location.search).get('from') === 'continue';
}

function unreachable(name: string, granted: boolean): string {
  return granted
    ? `${name} cannot be answered from here any more: its sign-in took too long or was ended, or you began in another browser. The access is granted all the same. Start the same thing again in ${name}, and it goes through without asking.`
    : `${name} cannot be answered from here any more. It learns the answer when it asks the next time.`;
}

function Returning({ stepUp }: { stepUp: StepUpView }) {
  const [stays, setStays] = useState(false);
  const { status, continue_path: path } = stepUp;
  const refused = status === 'refused' || isPartly(stepUp);
  const delayMs = refused ? toRead : atOnce;
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => location.assign(path), delayMs);
    return () => clearTimeout(timer);
  }, [stays, delayMs, path]);
  return (
    <div className="grid gap-3">
      <p className="text-sm text-muted">
        {stays
          ? `${clientLabel(stepUp.client)} waits for you to go on.`
          : `Returning to ${clientLabel(stepUp.client)} at ${stepUp.client.answer_goes_to}…`}
      </p>
      <div className="flex flex-wrap gap-3">
        <a href={path} className={buttonClass('primary')}>
          Return now
        </a>
        {!stays && refused && <Button onClick={() => setStays(true)}>Stay here</Button>}
      </div>
    </div>
  );
}
