import { setTimeout as sleep } from 'node:timers/promises';
import { signedIn } from '../../support/visitor.ts';

interface Listed {
  request_id: string;
  client_id: string;
  scopes: string[];
}

/** Another person, who decides what is asked. */
export interface Approver {
  /** Waits for the one request of a person that is open for the scope. Other programs' persons may have left theirs. */
  asked(scope: string, requester: string): Promise<Listed>;
  /** The request that a refused call's result names. */
  named(text: string): Promise<Listed>;
  approve(request: Listed): Promise<void>;
  deny(request: Listed, reason: string): Promise<void>;
  /** How often a client has asked for a scope, whatever became of it. */
  timesAsked(request: Listed): Promise<number>;
  /** Has the refusals of every client of other people answered in the result of the call, as an admin can for each. */
  answerInBand(): Promise<void>;
}

/** The admin of the demo accounts. */
export async function approver(issuer: string): Promise<Approver> {
  const admin = await signedIn(issuer, 'admin@example.com');
  const list = async (query: string): Promise<Listed[]> =>
    ((await admin.get(`/api/requests?${query}`)).body as { requests: Listed[] }).requests;
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await admin.post(path, body);
    if (answer.status !== 200) throw new Error(`${path} is answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };
  return {
    asked: async (scope, requester) => {
      for (let tries = 0; tries < 300; tries += 1) {
        const found = (await list(`status=pending&requester=${requester}`)).find(({ scopes }) =>
          scopes.includes(scope),
        );
        if (found !== undefined) return found;
        await sleep(100);
      }
      throw new Error(`${requester} does not ask for ${scope}`);
    },
    approve: ({ request_id: id }) => post(`/api/approve/${id}`, {}),
    deny: ({ request_id: id }, reason) => post(`/api/deny/${id}`, { reason }),
    timesAsked: async ({ client_id: client, scopes }) =>
      (await list(`client=${client}`)).filter((one) => one.scopes.some((scope) => scopes.includes(scope))).length,
    named: async (text) => {
      const id = /req_[\w-]+/.exec(text)?.[0] ?? '';
      return ((await admin.get(`/api/requests/${id}`)).body as { request: Listed }).request;
    },
    answerInBand: async () => {
      const { clients } = (await admin.get('/api/clients?limit=200')).body as {
        clients: { client_id: string; first_party: boolean }[];
      };
      for (const { client_id: id, first_party: own } of clients) {
        if (!own) await post(`/api/clients/${id}/authorization-errors`, { mode: 'in_band' });
      }
    },
  };
}
