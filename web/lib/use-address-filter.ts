import { useLocation, useSearch } from 'wouter';
import { changeSearch, readSearch } from './address-filter.ts';

/**
 * What a page is narrowed to, kept in its address: it survives a reload and can be sent to somebody. Changing it
 * replaces the address, so that Back leaves the page.
 */
export function useAddressFilter<Name extends string>(
  names: readonly Name[],
): [filter: { [N in Name]?: string }, change: (change: { [N in Name]?: string | undefined }) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  return [readSearch(search, names), (change) => navigate(`${path}${changeSearch(search, change)}`, { replace: true })];
}
