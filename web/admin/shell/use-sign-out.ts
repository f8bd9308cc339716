import { useMutation } from '@tanstack/react-query';
import { postForRedirect } from '../../lib/api-client.ts';

/** Ends the session, here and in the chat, then shows the sign-in page. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => postForRedirect('/auth/sign-out'),
    onSettled: () => location.assign('/sign-in?return_to=%2Fdashboard'),
  });
}
