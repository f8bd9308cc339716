/** Everything that can narrow the grants, as it stands in the address. */
export const grantFilterNames = ['view', 'q', 'scope', 'person'] as const;
export type GrantFilter = { [Name in (typeof grantFilterNames)[number]]?: string };

export const grantViews = [
  { value: 'active', label: 'Active' },
  { value: 'ending', label: 'Expiring soon' },
  { value: 'ended', label: 'Ended' },
] as const;
export type GrantsView = (typeof grantViews)[number]['value'];

/** Within how many seconds a grant's end is soon. */
const soon = 15 * 60;

/** The view that the address names; the grants that are alive unless it names another. Pure. */
export function viewOf({ view }: GrantFilter): GrantsView {
  return grantViews.find(({ value }) => value === view)?.value ?? 'active';
}

/** The filter as the server takes it. Pure. */
export function grantParameters(filter: GrantFilter): URLSearchParams {
  const { view: _view, ...rest } = filter;
  const query = new URLSearchParams(rest);
  switch (viewOf(filter)) {
    case 'active':
      query.set('status', 'active');
      break;
    case 'ending':
      query.set('status', 'active');
      query.set('ends_within', String(soon));
      query.set('order', 'ending');
      break;
    case 'ended':
      query.set('status', 'ended');
      break;
  }
  return query;
}
