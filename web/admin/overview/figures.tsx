import { Link } from 'wouter';
import type { Stats } from '../../../api/contract/stats.ts';
import { Panel } from '../../ui/panel.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { adminPaths } from '../paths.ts';
import { BarList } from './bar-list.tsx';
import { formatSeconds, formatShare } from './chart-numbers.ts';
import { DayChart } from './day-chart.tsx';
import { FigureTile } from './figure-tile.tsx';

/** The figures as pictures, each with its numbers in words. */
export function Figures({ stats }: { stats: Stats }) {
  const today = stats.days.at(-1);
  const { approvals, time_to_decision: time } = stats;
  return (
    <>
      <section aria-label="Today" className="grid gap-2">
        <h2 className="text-sm font-semibold text-muted">Today</h2>
        <dl className="grid grid-cols-2 sm:grid-cols-3 lg:grid-cols-6 gap-3">
          <FigureTile
            name="Waiting now"
            tone="wait"
            value={<Link href={adminPaths.queue}>{stats.requests.total.pending}</Link>}
            note={`${today?.asked ?? 0} asked today`}
          />
          <FigureTile name="Approved" tone="good" value={today?.approved ?? 0} />
          <FigureTile name="Denied" tone="bad" value={today?.denied ?? 0} />
          <FigureTile name="Expired" tone="gone" value={today?.expired ?? 0} note="nobody answered" />
          <FigureTile name="Cancelled" tone="pulled" value={today?.cancelled ?? 0} note="withdrawn or cancelled" />
          <FigureTile
            name="Grants alive"
            value={<Link href={adminPaths.grants}>{stats.active_grants}</Link>}
            note="now"
          />
        </dl>
      </section>
      <Panel title="The last 30 days">
        <DayChart days={stats.days} />
      </Panel>
      <div className="grid gap-5 md:grid-cols-2">
        <Panel title="How long people take to decide">
          {time === null ? (
            <p className="text-sm text-muted">Nobody has decided anything in the last 30 days.</p>
          ) : (
            <>
              <dl className="grid grid-cols-2 gap-3">
                <FigureTile name="Median" value={formatSeconds(time.median_seconds)} note="half are faster" />
                <FigureTile name="95th percentile" value={formatSeconds(time.p95_seconds)} note="one in 20 is slower" />
              </dl>
              <BarList label="Decisions by how long they took" empty="" rows={timeRows(stats.decision_times)} />
            </>
          )}
        </Panel>
        <div className="grid min-w-0 content-start gap-5">
          <Panel title="Who approves">
            <ShareOfPolicy share={stats.automatic_share} approvals={approvals} />
            <h3 className="text-sm font-semibold">Decisions by approver</h3>
            <BarList
              label="Decisions by approver"
              empty="Nobody has decided anything in the last 30 days."
              rows={(stats.approvers ?? []).map(({ email, approved, denied }) => ({
                key: email,
                name: email,
                value: approved + denied,
                text: `${approved} approved, ${denied} denied`,
                parts: [
                  { value: approved, className: 'fill-good' },
                  { value: denied, className: 'fill-bad' },
                ],
              }))}
            />
          </Panel>
          <Panel title="Scopes asked for most">
            <BarList
              label="Requests by scope"
              empty="Nothing was asked for in the last 30 days."
              rows={stats.top_scopes.map(({ scope, requests }) => ({
                key: scope,
                name: <ScopeName scope={scope} />,
                value: requests,
                text: String(requests),
              }))}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}

function ShareOfPolicy({ share, approvals }: { share: number | null; approvals: Stats['approvals'] }) {
  if (share === null) return <p className="text-sm text-muted">Nothing was approved in the last 30 days.</p>;
  return (
    <div className="grid gap-1.5">
      <p className="text-sm">
        <strong className="text-lg font-semibold">{formatShare(share)}</strong> of approvals were policy’s, at once
      </p>
      <svg aria-hidden viewBox="0 0 100 6" preserveAspectRatio="none" className="h-2.5 w-full overflow-hidden rounded">
        <rect width="100" height="6" className="fill-accent-soft" />
        <rect width={share * 100} height="6" className="fill-accent" />
      </svg>
      <p className="text-xs text-muted">
        {approvals.by_policy} by policy, {approvals.by_people} by people
      </p>
    </div>
  );
}

function timeRows(times: Stats['decision_times']) {
  return times.map(({ below_seconds: below, decisions }, index) => {
    const from = times[index - 1]?.below_seconds ?? 0;
    return {
      key: String(below),
      name:
        below === null
          ? `more than ${formatSeconds(from)}`
          : from === 0
            ? `under ${formatSeconds(below)}`
            : `${formatSeconds(from)} to ${formatSeconds(below)}`,
      value: decisions,
      text: String(decisions),
    };
  });
}
