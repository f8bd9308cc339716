import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';

/** Whether a request has every word of the filter in its requester, tool, scopes, arguments or justification. */
export function matchesFilter(request: ScopeRequestView, filter: string): boolean {
  const text = [
    request.subject_email,
    request.subject_name,
    request.tool_name ?? '',
    request.risk ?? '',
    request.justification ?? '',
    ...request.scopes,
    JSON.stringify(request.tool_args ?? {}),
  ]
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
