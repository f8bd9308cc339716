import { useQuery } from '@tanstack/react-query';
import { ExternalLink, Menu } from 'lucide-react';
import type { UserStatus } from '../../../api/contract/user-status.ts';
import { AccountMenu } from '../../ui/account-menu.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { agentQuery } from '../queries.ts';

/** Which model answers, who is signed in, and the way to the dashboard for those it opens for. */
export function ChatHeader(props: { user: UserStatus; onOpenList: () => void; onSignOut: () => void }) {
  const agent = useQuery(agentQuery).data;
  return (
    <header className="flex min-h-14 items-center gap-2 border-b border-line bg-surface px-3">
      <Button look="quiet" className="md:hidden" aria-label="Show the conversations" onClick={props.onOpenList}>
        <Menu aria-hidden />
      </Button>
      <div className="min-w-0 flex-1">
        {agent !== undefined && (
          <span title={agent.description}>
            <Badge tone={agent.offline ? 'gone' : 'accent'}>
              <span className="max-w-[48vw] truncate">{agent.model}</span>
            </Badge>
          </span>
        )}
      </div>
      {agent !== undefined && props.user.dashboard && (
        <a href={agent.dashboard_url} className={`${buttonClass('quiet')} max-sm:hidden`}>
          Dashboard <ExternalLink aria-hidden />
        </a>
      )}
      <AccountMenu
        email={props.user.email}
        name={props.user.name}
        roles={props.user.roles}
        onSignOut={props.onSignOut}
      />
    </header>
  );
}
