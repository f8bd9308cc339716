import { useId } from 'react';
import { Link } from 'wouter';
import type { PolicyScopeView } from '../../../api/contract/policy.ts';
import { Facts } from '../../ui/facts.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { formatSeconds } from '../overview/chart-numbers.ts';
import { adminPaths } from '../paths.ts';
import { RiskBadge } from '../request/risk-badge.tsx';
import { atOnceText, decidersText, durationText, otherwiseText } from './policy-words.ts';

/** One scope of the policy in words. */
export function ScopeCard({ scope, server }: { scope: PolicyScopeView; server: string }) {
  const heading = useId();
  const deciders = decidersText(scope);
  const asked = scope.otherwise !== 'forbidden';
  return (
    <article
      aria-labelledby={heading}
      className="grid min-w-0 content-start gap-3 rounded-xl border border-line bg-surface p-4"
    >
      <div className="flex flex-wrap items-center gap-2">
        <h3 id={heading} className="font-semibold">
          <ScopeName scope={scope.scope} />
        </h3>
        <RiskBadge risk={scope.risk} />
      </div>
      <p className="text-sm wrap-anywhere">{scope.description}</p>
      <Facts
        rows={[
          ['At once', atOnceText(scope)],
          ['Everybody else', otherwiseText(scope)],
          ...(deciders === undefined
            ? []
            : [
                [
                  'Approvers',
                  <span key="deciders" className={scope.approvers_now === 0 ? 'text-bad' : ''}>
                    {deciders}
                  </span>,
                ] as const,
              ]),
          ['Lasts', durationText(scope)],
          ...(asked
            ? ([
                ['A request waits', formatSeconds(scope.request_ttl_seconds)],
                ['Reason', scope.justification === 'required' ? 'Has to be given' : 'May be given'],
              ] as const)
            : []),
          ['Server', server],
          ['Counts for', scope.binding === 'session' ? 'one conversation only' : 'the account and the client'],
          [
            'Tools',
            scope.tools.length === 0 ? (
              'none'
            ) : (
              <Link key="tools" href={adminPaths.tools} className="text-accent underline">
                {scope.tools.join(', ')}
              </Link>
            ),
          ],
        ]}
      />
    </article>
  );
}
