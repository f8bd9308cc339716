import { useInfiniteQuery } from '@tanstack/react-query';
import type { PolicyVersions } from '../../../api/contract/policy.ts';
import { Badge } from '../../ui/badge.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { policyVersionsQuery } from '../queries.ts';
import { ChangeLine } from './change-line.tsx';
import { sourceText } from './policy-words.ts';

/** Every policy that was live, the newest first, each with what it changed. */
export function PolicyHistory() {
  const list = useInfiniteQuery(policyVersionsQuery);
  if (list.isPending) return <Loading label="Loading the history" />;
  if (list.data === undefined) return <LoadFailure error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <ol aria-label="Versions, newest first" className="grid min-w-0 gap-3">
        {list.data.pages
          .flatMap(({ versions }) => versions)
          .map((version) => (
            <Version key={version.position} version={version} />
          ))}
      </ol>
      <ShowMore more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}

function Version({ version }: { version: PolicyVersions['versions'][number] }) {
  return (
    <li className="grid min-w-0 gap-2 rounded-xl border border-line bg-surface px-4 py-3 text-sm">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <code className="font-mono font-semibold">{version.version}</code>
        {version.live && <Badge tone="good">Live</Badge>}
        <span className="text-muted">
          since <Moment at={version.activated_at} />, {sourceText(version.activated_by)}
        </span>
      </p>
      {version.previous === null ? (
        <p className="text-muted">The first policy.</p>
      ) : version.changes.length === 0 ? (
        <p className="text-muted">Nothing differs from {version.previous} but wording or order.</p>
      ) : (
        <ul aria-label={`What changed since ${version.previous}`} className="grid gap-1">
          {version.changes.map((change, index) => (
            <li key={index} className="wrap-anywhere">
              <ChangeLine text={change} />
            </li>
          ))}
        </ul>
      )}
      <p className="text-xs wrap-anywhere text-muted">
        Text digest <VisibleText text={version.source_digest} />
      </p>
    </li>
  );
}
