import { heldScopes } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { countPending } from '../../activities/store/requests.ts';
import { approvesSomething, mayOpenDashboard } from '../../workflows/domain/approvers.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import type { UserStatus } from '../contract/user-status.ts';
import type { ChatCaller } from './chat-caller.ts';
import type { ChatDeps } from './deps.ts';

/** Who is signed in here and what the chat may do for them now. */
export async function userStatus(deps: ChatDeps, { person }: ChatCaller): Promise<UserStatus> {
  const now = deps.now();
  const [policy, scopes, pending] = await Promise.all([
    livePolicy(deps.db),
    heldScopes(deps.db, { subject: person.subject, clientId: chatClientId }, now),
    countPending(deps.db, person.subject),
  ]);
  return {
    signed_in: true,
    email: person.email,
    name: person.displayName,
    roles: [...person.roles],
    current_scopes: scopes,
    dashboard: mayOpenDashboard(policy, person),
    approver: approvesSomething(policy, person),
    pending_requests: pending,
    demo_mode: deps.demoMode,
    now: now.toISOString(),
  };
}
