import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { PeopleList, PersonDetail } from '../../../api/contract/people.ts';
import type { RequestList } from '../../../api/contract/scope-requests.ts';
import { getJson } from '../../lib/api-client.ts';
import { peopleKey, requestsKey } from '../queries.ts';

/** The tool that changes roles. */
export const roleTool = 'set_user_roles';

/** Accounts by e-mail address, with these words in address or name. */
export function peopleQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: [...peopleKey, 'list', search],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: '50' });
      if (search !== '') query.set('search', search);
      if (pageParam !== '') query.set('cursor', pageParam);
      return getJson<PeopleList>(`/api/people?${query.toString()}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });
}

/** One account. */
export function personQuery(subject: string) {
  return queryOptions({
    queryKey: [...peopleKey, 'one', subject],
    queryFn: ({ signal }) => getJson<PersonDetail>(`/api/people/${encodeURIComponent(subject)}`, signal),
  });
}

/** One's own latest requests to change roles. */
export function roleRequestsQuery(email: string) {
  const query = new URLSearchParams({ limit: '50', requester: email, tool: roleTool });
  return queryOptions({
    queryKey: [...requestsKey, 'roles', email],
    queryFn: ({ signal }) => getJson<RequestList>(`/api/requests?${query.toString()}`, signal),
  });
}
