import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';

type Plan = NonNullable<RequestDetail['will_run']>;

/** What a command would start, as a part of the request's page. */
export function WillRun({ plan, ended }: { plan: Plan; ended: boolean }) {
  return (
    <Panel title={ended ? 'What was to run' : 'What will run'}>
      <WillRunStages plan={plan} />
    </Panel>
  );
}

/** The programs that a command would start, each word apart, as the sandbox takes them: no shell reads them again. */
export function WillRunStages({ plan }: { plan: Plan }) {
  if ('refused' in plan) {
    return (
      <Notice tone="bad">
        Nothing, even if approved: the sandbox refuses this command. <VisibleText text={plan.refused} />
      </Notice>
    );
  }
  return (
    <>
      <ol className="grid gap-2">
        {plan.stages.map(({ path, args }, index) => (
          <li key={index} className="grid gap-1 text-sm">
            {index > 0 && <p className="text-muted">reads what the one above writes:</p>}
            <p className="flex flex-wrap gap-1.5 rounded-lg border border-line bg-sunken p-2.5 font-mono text-[0.8125rem]">
              <span className="font-semibold wrap-anywhere">{path}</span>
              {args.map((word, position) => (
                <span
                  key={position}
                  className="rounded border border-line bg-surface px-1 wrap-anywhere whitespace-pre-wrap"
                >
                  {word === '' ? <span className="text-muted">(empty)</span> : <VisibleText text={word} />}
                </span>
              ))}
            </p>
          </li>
        ))}
      </ol>
      <p className="text-sm text-muted">
        In a sandbox: no network, the workspace read-only, ten seconds. There is no shell.
      </p>
    </>
  );
}
