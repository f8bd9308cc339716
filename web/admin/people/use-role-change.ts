import { useEffect, useRef } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PersonView } from '../../../api/contract/people.ts';
import type { ScopeRequestView, UpgradeScopeResponse } from '../../../api/contract/scope-requests.ts';
import type { ToolCallAnswer } from '../../../api/contract/tools.ts';
import { postJson } from '../../lib/api-client.ts';
import { showToast } from '../../ui/toast-store.ts';
import { affectedByDecision, peopleKey } from '../queries.ts';
import { roleRequestsQuery, roleTool } from './queries.ts';

/** Changing somebody's roles, through asking and waiting. */
export interface RoleChange {
  /** The viewer's latest request about this person that is still of interest. */
  request: ScopeRequestView | undefined;
  /** The roles that {@link request} asks for. */
  wanted: readonly string[];
  /** Calls the tool, and asks for its scope when it is not held. @returns what became of it, @throws with words */
  begin(roles: readonly string[], justification: string): Promise<'changed' | 'waiting'>;
  /** Makes the change that has been approved. */
  apply(): void;
  applying: boolean;
  failure: unknown;
}

/** What a refused or failed change says. */
class ChangeRefused extends Error {}

/**
 * The state of a change lives on the server: the request is found again after a reload, and in another tab. A page that
 * was open when it was approved makes the change by itself.
 */
export function useRoleChange(person: PersonView, viewer: string): RoleChange {
  const queries = useQueryClient();
  const asked = useQuery(roleRequestsQuery(viewer));
  const request = asked.data?.requests.find((candidate) => isOfInterest(candidate, person));
  const wanted = rolesIn(request);
  /** The request that this page has seen waiting. */
  const awaited = useRef<string>(undefined);
  const refresh = () =>
    Promise.all([peopleKey, ...affectedByDecision].map((queryKey) => queries.invalidateQueries({ queryKey })));

  const call = async (roles: readonly string[]): Promise<ToolCallAnswer> =>
    (await postJson<ToolCallAnswer>(`/api/tools/${roleTool}/call`, { arguments: { user: person.email, roles } })).body;
  const done = (answer: ToolCallAnswer, roles: readonly string[]): boolean => {
    if (answer.status === 'insufficient_scope') return false;
    if (answer.status === 'unknown') throw new ChangeRefused(answer.message);
    if (answer.status === 'failed') throw new ChangeRefused(wordsOf(answer.result));
    showToast('good', `${person.email}: ${roles.length === 0 ? 'no roles' : roles.join(', ')}`);
    return true;
  };
  const apply = useMutation({
    mutationFn: async (roles: readonly string[]) => {
      if (!done(await call(roles), roles)) throw new ChangeRefused('The approval is no longer in force. Ask again.');
    },
    onSettled: refresh,
  });

  const state = request?.status;
  const id = request?.request_id;
  const { mutate, isIdle } = apply;
  useEffect(() => {
    if (state === 'pending') awaited.current = id;
    if (state !== 'approved' || id === undefined || awaited.current !== id) return;
    awaited.current = undefined;
    mutate(wanted);
  }, [state, id, mutate, wanted]);

  return {
    request: state === 'approved' && !isIdle && !apply.isError ? undefined : request,
    wanted,
    begin: async (roles, justification) => {
      const answer = await call(roles);
      try {
        if (done(answer, roles)) return 'changed';
        if (answer.status === 'insufficient_scope' && answer.authorization_error.approval_type === 'forbidden') {
          throw new ChangeRefused('The policy does not let you change roles.');
        }
        apply.reset();
        const { body } = await postJson<UpgradeScopeResponse>('/api/upgrade-scope', {
          scopes: answer.status === 'insufficient_scope' ? [answer.authorization_error.required_scope] : [],
          tool_name: roleTool,
          tool_args: { user: person.email, roles },
          ...(justification === '' ? {} : { justification }),
        });
        if (body.status === 'denied') throw new ChangeRefused(body.reason);
        return 'waiting';
      } finally {
        await refresh();
      }
    },
    apply: () => apply.mutate(wanted),
    applying: apply.isPending,
    failure: apply.error,
  };
}

/** Open ones; approved ones that can still be used and have not been; and how the last one ended. */
function isOfInterest(request: ScopeRequestView, person: PersonView): boolean {
  if (!request.own || request.tool_args?.['user'] !== person.email) return false;
  if (request.status !== 'approved') return true;
  const wanted = rolesIn(request);
  const same = wanted.length === person.roles.length && wanted.every((role) => person.roles.includes(role));
  return request.grant?.status === 'active' && !same;
}

const noRoles: readonly string[] = [];

function rolesIn(request: ScopeRequestView | undefined): readonly string[] {
  const roles = request?.tool_args?.['roles'];
  return Array.isArray(roles) ? (roles as string[]) : noRoles;
}

function wordsOf(result: Readonly<Record<string, unknown>>): string {
  return typeof result['error'] === 'string' ? result['error'] : 'The tool refused this.';
}

/** Words for whatever went wrong with a change. */
export function changeErrorText(error: unknown): string | undefined {
  return error instanceof ChangeRefused ? error.message : undefined;
}
