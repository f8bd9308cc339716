import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** Why a message got no reply: it could not be sent, or it was stored and its reply is late. */
export function UnsentMessage(props: {
  error: unknown;
  arrived: boolean;
  onSendAgain: () => void;
  onDiscard: () => void;
}) {
  return (
    <Notice tone="bad" role="alert">
      <p>{errorText(props.error)}</p>
      {props.arrived ? (
        <p className="mt-1">Your message is stored; the reply appears here when it is ready.</p>
      ) : (
        <div className="mt-2 flex flex-wrap gap-2">
          <Button onClick={props.onSendAgain}>Send again</Button>
          <Button look="quiet" onClick={props.onDiscard}>
            Discard
          </Button>
        </div>
      )}
    </Notice>
  );
}
