import type { GrantCall } from '../../../api/contract/grants.ts';
import { Badge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import type { Tone } from '../../ui/tone.ts';

const outcomes: Record<GrantCall['outcome'], { text: string; tone: Tone }> = {
  succeeded: { text: 'Succeeded', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  refused: { text: 'Refused', tone: 'bad' },
  not_run: { text: 'Did not run', tone: 'gone' },
  unknown: { text: 'Running or unknown', tone: 'wait' },
};

/** The calls that a grant allowed, newest first. Arguments are known by their digest alone. */
export function GrantCalls({ calls, more }: { calls: readonly GrantCall[]; more: boolean }) {
  if (calls.length === 0) return <p className="text-sm text-muted">Nothing has run with it.</p>;
  return (
    <div role="region" tabIndex={0} aria-label="Calls" className="overflow-x-auto">
      <table className="w-full text-left text-sm">
        <thead className="text-muted">
          <tr>
            {['When', 'Tool', 'Outcome', 'Took', 'Arguments'].map((name) => (
              <th key={name} scope="col" className="py-1 pr-4 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {calls.map((call, index) => (
            <tr key={index} className="border-t border-line">
              <td className="py-1.5 pr-4 whitespace-nowrap">
                <Moment at={call.at} />
              </td>
              <td className="py-1.5 pr-4 font-mono">{call.tool}</td>
              <td className="py-1.5 pr-4">
                <Badge tone={outcomes[call.outcome].tone}>{outcomes[call.outcome].text}</Badge>
              </td>
              <td className="py-1.5 pr-4 tabular-nums">{call.duration_ms === null ? '' : `${call.duration_ms} ms`}</td>
              <td className="py-1.5 font-mono text-xs" title={call.argument_digest ?? undefined}>
                {call.argument_digest?.slice(0, 12)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more && <p className="mt-2 text-sm text-muted">There are older ones: the audit log has all of them.</p>}
    </div>
  );
}
