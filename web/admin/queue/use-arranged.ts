import { useState } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { arrange } from './arrange.ts';

/**
 * The requests in the order in which they are shown, kept from one fetch to the next; another `list` (filter) begins
 * anew.
 */
export function useArranged(list: string, requests: readonly ScopeRequestView[] | undefined): ScopeRequestView[] {
  const [shown, setShown] = useState<{ list: string; ids: readonly string[] }>({ list, ids: [] });
  if (requests === undefined) return [];
  const ids = arrange(shown.list === list ? shown.ids : [], requests);
  const changed =
    shown.list !== list || ids.length !== shown.ids.length || ids.some((id, index) => id !== shown.ids[index]);
  if (changed) setShown({ list, ids });
  const byId = new Map(requests.map((request) => [request.request_id, request]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
