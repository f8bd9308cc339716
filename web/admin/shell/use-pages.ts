import { useQuery } from '@tanstack/react-query';
import { userStatusQuery } from '../../lib/user-status-query.ts';
import { adminPages, type AdminPage } from './pages.ts';

/** The pages that whoever is signed in may open. */
export function usePages(): readonly AdminPage[] {
  const { data: user } = useQuery(userStatusQuery);
  const seesOthers = user !== undefined && (user.roles.includes('admin') || user.roles.includes('auditor'));
  return adminPages.filter(({ overOthers }) => overOthers !== true || seesOthers);
}
