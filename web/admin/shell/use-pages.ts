import { useQuery } from '@tanstack/react-query';
import { userStatusQuery } from '../../lib/user-status-query.ts';
import { pagesFor, type AdminPage } from './pages.ts';

/** The pages that whoever is signed in may open. */
export function usePages(): readonly AdminPage[] {
  const { data: user } = useQuery(userStatusQuery);
  return pagesFor(user ?? { roles: [] });
}
