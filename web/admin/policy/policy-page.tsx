import { useQuery } from '@tanstack/react-query';
import type { PolicyView } from '../../../api/contract/policy.ts';
import { useAddressFilter } from '../../lib/use-address-filter.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { FilterChoice } from '../../ui/filter-choice.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { policyQuery } from '../queries.ts';
import { PolicyHistory } from './policy-history.tsx';
import { byRisk, denialText, serverText, sourceText } from './policy-words.ts';
import { ScopeCard } from './scope-card.tsx';

const views = [
  { value: 'live', label: 'What is live' },
  { value: 'history', label: 'History' },
] as const;

/** Who gets what, who decides, for how long: for people who never saw the file. */
export function PolicyPage() {
  useDocumentTitle('Policy · Countersign dashboard');
  const [{ view }, change] = useAddressFilter(['view']);
  const policy = useQuery(policyQuery);
  return (
    <>
      <PageHeading title="Policy">
        <FilterChoice
          legend="What to show"
          name="policy-view"
          options={views}
          value={view === 'history' ? 'history' : 'live'}
          onChange={(wanted) => change({ view: wanted === 'live' ? undefined : wanted })}
        />
      </PageHeading>
      {view === 'history' ? (
        <PolicyHistory />
      ) : policy.isPending ? (
        <Loading label="Loading the policy" rows={4} />
      ) : policy.data === undefined ? (
        <LoadFailure error={policy.error} onRetry={() => void policy.refetch()} />
      ) : (
        <LivePolicy policy={policy.data} />
      )}
    </>
  );
}

function LivePolicy({ policy }: { policy: PolicyView }) {
  return (
    <>
      <p className="text-sm text-muted">
        Version <code className="font-mono text-ink">{policy.version}</code> is live since{' '}
        <Moment at={policy.activated_at} />, {sourceText(policy.activated_by)}. Denials come first; then who gets a
        scope at once; everybody else has to ask.
      </p>
      <section aria-labelledby="denials" className="grid gap-2">
        <h2 id="denials" className="text-sm font-semibold">
          Denials
        </h2>
        {policy.deny.length === 0 ? (
          <p className="text-sm text-muted">None: nothing is denied to anybody beyond what the scopes say.</p>
        ) : (
          <ul className="grid gap-2">
            {policy.deny.map((rule, index) => (
              <li key={index} className="rounded-xl border border-line bg-surface px-4 py-3 text-sm wrap-anywhere">
                <p className="font-medium text-bad">{denialText(rule)}.</p>
                <p className="text-muted">
                  “<VisibleText text={rule.reason} />”
                </p>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="scopes" className="grid gap-2">
        <h2 id="scopes" className="text-sm font-semibold">
          Scopes
        </h2>
        <div className="grid items-start gap-3 md:grid-cols-2">
          {byRisk(policy.scopes).map((scope) => (
            <ScopeCard key={scope.scope} scope={scope} server={serverText(scope.resource, policy.resources)} />
          ))}
        </div>
      </section>
    </>
  );
}
