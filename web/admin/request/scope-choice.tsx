import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { ScopeName } from '../../ui/scope-name.tsx';
import { RiskBadge } from './risk-badge.tsx';

/** Which of several scopes are approved; nothing to choose where they were asked for one call, or there is only one. */
export function ScopeChoice(props: {
  request: Pick<ScopeRequestView, 'scopes' | 'tool_name'>;
  chosen: readonly string[];
  riskOf: (scope: string) => ScopeRequestView['risk'];
  onChange: (scopes: readonly string[]) => void;
}) {
  const { scopes, tool_name: toolName } = props.request;
  if (toolName !== null || scopes.length < 2) return null;
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">
        What to approve <span className="font-normal text-muted">(the rest is not granted)</span>
      </legend>
      {scopes.map((scope) => (
        <label key={scope} className="flex min-h-8 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={props.chosen.includes(scope)}
            onChange={({ target }) =>
              props.onChange(scopes.filter((one) => (one === scope ? target.checked : props.chosen.includes(one))))
            }
          />
          <span className="flex min-w-0 flex-wrap items-center gap-2">
            <ScopeName scope={scope} /> <RiskBadge risk={props.riskOf(scope)} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}
