import { useId, useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { AuditVerificationView } from '../../../api/contract/audit.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { fieldClass } from '../../ui/field.ts';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { notedSeal, sealText } from './noted-seal.ts';

/** Holds the whole log to its seals, and says in words what that found. */
export function VerifyDialog(props: { onClose: () => void; onOpen: (position: string) => void }) {
  const [noted, setNoted] = useState('');
  const field = useId();
  const seal = notedSeal(noted);
  const verify = useMutation({
    mutationFn: async () =>
      (await postJson<AuditVerificationView>('/api/audit/verify', seal === 'unreadable' ? {} : { ...seal })).body,
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!verify.isPending && seal !== 'unreadable') verify.mutate();
  };
  return (
    <Modal title="Verify the audit log" onClose={props.onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <p className="text-sm">
          Each entry is sealed with a digest over itself and the entry before it. Verifying reads all of them again and
          names every entry that was changed, removed or put in since. That is recorded, too.
        </p>
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            A seal you noted earlier <span className="font-normal text-muted">(optional)</span>
          </label>
          <input
            id={field}
            data-initial-focus
            value={noted}
            onChange={(event) => setNoted(event.target.value)}
            placeholder="position:digest"
            autoComplete="off"
            spellCheck={false}
            aria-invalid={seal === 'unreadable'}
            aria-describedby={`${field}-help`}
            className={`${fieldClass} font-mono`}
          />
          <p id={`${field}-help`} className={`text-xs ${seal === 'unreadable' ? 'text-bad' : 'text-muted'}`}>
            {seal === 'unreadable'
              ? 'This is no seal: a number, a colon and 64 hexadecimal digits.'
              : 'It shows whether somebody rewrote the whole log, seals and all.'}
          </p>
        </div>
        <div role="status" className="empty:hidden">
          {verify.isPending && <p className="text-sm text-muted">Reading every entry…</p>}
          {verify.data !== undefined && !verify.isPending && <Result found={verify.data} onOpen={props.onOpen} />}
        </div>
        {verify.isError && (
          <Notice tone="bad" role="alert">
            {errorText(verify.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={props.onClose}>Close</Button>
          <Button type="submit" look="primary" disabled={verify.isPending || seal === 'unreadable'}>
            {verify.isPending ? 'Verifying…' : verify.data === undefined ? 'Verify' : 'Verify again'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Result({ found, onOpen }: { found: AuditVerificationView; onOpen: (position: string) => void }) {
  const waiting = found.unsealed === 0 ? '' : ` ${found.unsealed} of the last seconds are not sealed yet.`;
  return (
    <div className="grid gap-3">
      <Notice tone={found.intact ? 'good' : 'bad'}>
        <p className="flex items-start gap-2 font-medium">
          {found.intact ? (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
          ) : (
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          )}
          {found.intact
            ? `The log is intact: ${found.checked} entries are as they were sealed, none is missing and none was put in.`
            : found.all_breaks > 0
              ? `The log has been tampered with at ${found.all_breaks === 1 ? 'one place' : `${found.all_breaks} places`}.`
              : 'The log has been rewritten.'}
        </p>
        {found.noted_seal_stands !== null && (
          <p className="mt-1">
            {found.noted_seal_stands
              ? 'The seal you noted still stands.'
              : 'The seal you noted is not there: what came before it is not what it was.'}
          </p>
        )}
        {waiting !== '' && <p className="mt-1">{waiting.trim()}</p>}
      </Notice>
      {found.breaks.length > 0 && (
        <ul className="grid gap-1 text-sm">
          {found.breaks.map(({ position, kind, explanation }) => (
            <li key={`${kind} ${position}`} className="flex flex-wrap items-baseline gap-x-3">
              <span className="wrap-anywhere">{explanation}</span>
              {(kind === 'changed' || kind === 'inserted') && (
                <button type="button" className="rounded text-accent underline" onClick={() => onOpen(position)}>
                  Show {position}
                </button>
              )}
            </li>
          ))}
          {found.all_breaks > found.breaks.length && (
            <li className="text-muted">and {found.all_breaks - found.breaks.length} more</li>
          )}
        </ul>
      )}
      {found.sealed !== null && (
        <div className="grid gap-1">
          <p className="text-xs text-muted">The newest seal. Keep it somewhere else to check against later:</p>
          <CodeBlock label="The newest seal" text={sealText(found.sealed)} wrap />
        </div>
      )}
    </div>
  );
}
