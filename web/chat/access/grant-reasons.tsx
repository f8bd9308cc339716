import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AccessGrant } from '../../../api/contract/access.ts';
import { ClientName } from '../../ui/client-name.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Moment } from '../../ui/moment.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { chatPaths } from '../paths.ts';

/** Why one holds a grant: what was asked and for what, who decided, by which rule. */
export function GrantReasons({ grant: { why, client } }: { grant: AccessGrant }) {
  const rows: (readonly [string, ReactNode])[] = [
    [
      'Asked',
      <>
        <Moment at={why.asked_at} />
        {why.tool_name !== null && (
          <>
            {' '}
            for <code className="font-mono text-[0.85em]">{why.tool_name}</code>
          </>
        )}
        {why.session_id !== null && (
          <>
            {' '}
            in{' '}
            <Link href={chatPaths.conversation(why.session_id)} className="text-accent underline">
              this conversation
            </Link>
          </>
        )}
      </>,
    ],
    ...(why.justification === null ? [] : [['You wrote', <VisibleText text={why.justification} />] as const]),
    ['Given by', why.approved_by === 'policy' ? <>policy, at once</> : why.approved_by],
    ...(why.comment === null ? [] : [['They wrote', <VisibleText text={why.comment} />] as const]),
    ...(why.rule === null
      ? []
      : [
          [
            'Because of',
            <>
              <code className="font-mono text-[0.85em] wrap-anywhere">{why.rule}</code>
              {why.policy_version !== null && <span className="text-muted"> · policy {why.policy_version}</span>}
            </>,
          ] as const,
        ]),
    ['Held by', <ClientName client={client} />],
  ];
  return <Facts rows={rows} />;
}
