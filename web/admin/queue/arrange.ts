/** What the order of the queue depends on. */
export interface Arrangeable {
  request_id: string;
  agent_run: string | null;
}

/**
 * The order in which requests are shown: what is shown already stays where it is, what has left leaves no gap, what
 * is new comes at the end, so that nothing arrives under a cursor. Among those that come together, the ones of one
 * agent run stand together, where the first of them stands.
 */
export function arrange(shown: readonly string[], requests: readonly Arrangeable[]): string[] {
  const here = new Set(requests.map(({ request_id }) => request_id));
  const before = new Set(shown);
  const kept = shown.filter((id) => here.has(id));
  const fresh = requests.filter(({ request_id }) => !before.has(request_id));
  return [...kept, ...togetherByRun(fresh)];
}

function togetherByRun(requests: readonly Arrangeable[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { request_id, agent_run } of requests) {
    const key = agent_run ?? request_id;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [request_id]);
    else group.push(request_id);
  }
  return [...groups.values()].flat();
}

/** Neighbours of the same agent run, as one group each; all others alone. */
export function groupByRun<Request extends Arrangeable>(requests: readonly Request[]): Request[][] {
  const groups: Request[][] = [];
  for (const request of requests) {
    const last = groups.at(-1);
    if (request.agent_run !== null && last?.[0]?.agent_run === request.agent_run) last.push(request);
    else groups.push([request]);
  }
  return groups;
}
