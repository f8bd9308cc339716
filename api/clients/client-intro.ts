import { clientNames } from '../../activities/store/client-names.ts';
import { chatClientId, dashboardClientId, mcpServerClientId } from '../../workflows/domain/clients.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { ClientIntro } from '../contract/clients.ts';
import { visibleName } from '../oauth/client-consent-page.ts';

const ourNames: Readonly<Record<string, string>> = {
  [chatClientId]: 'Countersign chat',
  [dashboardClientId]: 'Countersign dashboard',
  [mcpServerClientId]: 'Countersign tools',
};

/** Through what a person asks, as whoever decides about it is told: what people here call it, else what it calls itself. */
export async function clientIntro(
  deps: Pick<ApprovalDeps, 'db' | 'registeredName'>,
  of: { subject: string; client_id: string },
): Promise<ClientIntro> {
  const { subject, client_id: clientId } = of;
  const ours = ourNames[clientId];
  if (ours !== undefined) {
    return { client_id: clientId, name: ours, calls_itself: ours, verified: true, acts_since: null };
  }
  const [names, registered] = await Promise.all([
    clientNames(deps.db, { subject, clientId }),
    deps.registeredName?.(clientId),
  ]);
  const callsItself = visibleName(registered ?? names.calledItself ?? clientId);
  return {
    client_id: clientId,
    name: names.knownAs === null ? callsItself : visibleName(names.knownAs),
    calls_itself: callsItself,
    verified: names.knownAs !== null,
    acts_since: names.since?.toISOString() ?? null,
  };
}
