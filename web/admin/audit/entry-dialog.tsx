import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { formatFullMoment } from '../../lib/format-time.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Button } from '../../ui/button.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Modal } from '../../ui/modal.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { adminPaths } from '../paths.ts';
import { auditEntryQuery } from './audit-queries.ts';
import { entryWord } from './audit-words.ts';
import type { NamedEntry } from './named-entries.ts';

/** One entry in full. */
export function EntryDialog(props: { position: string; known: NamedEntry | undefined; onClose: () => void }) {
  const asked = useQuery({ ...auditEntryQuery(props.position), enabled: props.known === undefined });
  const entry = props.known ?? asked.data;
  return (
    <Modal
      title={entry === undefined || entry === null ? `Entry ${props.position}` : entryWord(entry.type).text}
      onClose={props.onClose}
    >
      {entry === null ? (
        <p className="text-sm">There is no entry at this position: nothing that was recorded there was kept.</p>
      ) : entry !== undefined ? (
        <Entry entry={entry} />
      ) : asked.isError ? (
        <LoadFailure error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <Loading label="Loading the entry" />
      )}
      <div className="mt-5 flex justify-end">
        <Button onClick={props.onClose}>Close</Button>
      </div>
    </Modal>
  );
}

function Entry({ entry }: { entry: NamedEntry }) {
  const link = 'text-accent underline wrap-anywhere';
  const rows = [
    ['Position', `#${entry.position}`],
    ['When', `${formatFullMoment(entry.at)} (${entry.at})`],
    ['Kind', <code key="kind">{entry.type}</code>],
    ['By', entry.actor],
    ['About', entry.subject],
    ['Scopes', entry.scopes.length === 0 ? null : entry.scopes.map((scope) => <ScopeName key={scope} scope={scope} />)],
    [
      'Client',
      entry.client_id === null ? null : (
        <span key="client" className="grid gap-0.5">
          {entry.client !== undefined && (
            <Link className={link} href={adminPaths.client(entry.client_id)}>
              <ClientName client={entry.client} />
            </Link>
          )}
          <code className="font-mono text-[0.85em] wrap-anywhere text-muted">{entry.client_id}</code>
        </span>
      ),
    ],
    [
      'Request',
      entry.request_id === null ? null : (
        <Link key="request" className={link} href={adminPaths.request(entry.request_id)}>
          {entry.request_id}
        </Link>
      ),
    ],
    [
      'Grant',
      entry.grant_id === null ? null : (
        <Link key="grant" className={link} href={adminPaths.grant(entry.grant_id)}>
          {entry.grant_id}
        </Link>
      ),
    ],
    ['Session', entry.session_id],
  ] as const;
  return (
    <div className="grid gap-4">
      <Facts rows={rows.filter(([, value]) => value !== null)} />
      {Object.keys(entry.data).length > 0 && (
        <section className="grid gap-1.5">
          <h3 className="text-sm font-semibold">Details</h3>
          <ArgumentsView values={entry.data} />
        </section>
      )}
    </div>
  );
}
