import type { ScopeRequestView } from '../../api/contract/scope-requests.ts';

/** Why the person is asked about what policy gives them at once; nothing where it does not. */
export function WhyAsked({ request }: { request: Pick<ScopeRequestView, 'rule'> }) {
  if (request.rule !== 'builtin.unverified_client') return null;
  return (
    <p className="text-sm">
      The policy would give you this at once; as nobody here has verified this app, you confirm it yourself.
    </p>
  );
}
