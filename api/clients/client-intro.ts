import { clientNames, type PersonsClient } from '../../activities/store/client-names.ts';
import { chatClientId, dashboardClientId, isVerified, mcpServerClientId } from '../../workflows/domain/clients.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { ClientIntro } from '../contract/client-intro.ts';
import { visibleName } from '../oauth/visible-name.ts';

const ourNames: Readonly<Record<string, string>> = {
  [chatClientId]: 'Countersign chat',
  [dashboardClientId]: 'Countersign dashboard',
  [mcpServerClientId]: 'Countersign tools',
};

/** Through what each of these is asked for or held, as whoever sees it is told: what people here call it, else what it calls itself. */
export async function clientIntros(
  deps: Pick<ApprovalDeps, 'db' | 'registeredName'>,
  of: readonly PersonsClient[],
): Promise<(one: PersonsClient) => ClientIntro> {
  const others = of.filter(({ client_id }) => !isOurs(client_id));
  const ids = [...new Set(others.map(({ client_id }) => client_id))];
  const [namesOf, registered] = await Promise.all([
    clientNames(deps.db, others),
    Promise.all(ids.map(async (id) => [id, await deps.registeredName?.(id)] as const)),
  ]);
  const registeredNames = new Map(registered);
  return (one) => {
    const id = one.client_id;
    const ours = ourNames[id];
    if (isOurs(id) && ours !== undefined) {
      return { client_id: id, name: ours, calls_itself: ours, first_party: true, verified: true, acts_since: null };
    }
    const names = namesOf(one);
    const callsItself = visibleName(registeredNames.get(id) ?? names.calledItself ?? id);
    return {
      client_id: id,
      name: names.knownAs === null ? callsItself : visibleName(names.knownAs),
      calls_itself: callsItself,
      first_party: false,
      verified: isVerified(id, names.knownAs),
      acts_since: names.since?.toISOString() ?? null,
    };
  };
}

function isOurs(clientId: string): boolean {
  return Object.hasOwn(ourNames, clientId);
}
