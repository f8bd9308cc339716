import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { Link } from 'wouter';
import type { AccessCall } from '../../../api/contract/access.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Badge } from '../../ui/badge.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { chatPaths } from '../paths.ts';
import { outcomeLabel } from './labels.ts';
import { grantCallsQuery } from './queries.ts';

/** What ran under a grant; fetched when somebody opens it. */
export function GrantCalls(props: { grantId: string; count: number; scopes: readonly string[] }) {
  const [open, setOpen] = useState(false);
  if (props.count === 0) return <p className="text-sm text-muted">Nothing has run under it.</p>;
  return (
    <details className="group min-w-0" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-8 cursor-pointer items-center gap-1.5 text-sm font-medium">
        <ChevronRight aria-hidden className="quiet-motion size-4 text-muted group-open:rotate-90" />
        {props.count === 1 ? '1 call ran under it' : `${props.count} calls ran under it`}
        <span className="sr-only"> ({props.scopes.join(' ')})</span>
      </summary>
      {open && <Calls grantId={props.grantId} />}
    </details>
  );
}

function Calls({ grantId }: { grantId: string }) {
  const list = useQuery(grantCallsQuery(grantId));
  if (list.isPending) return <Loading label="Loading the calls" />;
  if (list.data === undefined) return <LoadFailure error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <ol aria-label="Calls under this grant" className="mt-2 grid min-w-0 gap-3">
        {list.data.calls.map((call) => (
          <Call key={`${call.called_at} ${call.argument_digest}`} call={call} />
        ))}
      </ol>
      {list.data.more && <p className="mt-2 text-sm text-muted">Earlier calls are in the audit log.</p>}
    </>
  );
}

function Call({ call }: { call: AccessCall }) {
  const label = outcomeLabel(call);
  return (
    <li className="grid min-w-0 gap-2 border-l-2 border-line pl-3 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <code className="font-mono text-[0.85em]">{call.tool}</code>
        <Badge tone={label.tone}>{label.text}</Badge>
        <span className="text-muted">
          <Moment at={call.called_at} />
        </span>
        {call.session_id !== null && (
          <Link href={chatPaths.conversation(call.session_id)} className="text-accent underline">
            its conversation
          </Link>
        )}
      </p>
      {call.arguments === null ? (
        <p className="text-xs wrap-anywhere text-muted">
          Called by another program. Digest of its arguments: <code>{call.argument_digest}</code>
        </p>
      ) : (
        <ArgumentsView values={call.arguments} />
      )}
    </li>
  );
}
