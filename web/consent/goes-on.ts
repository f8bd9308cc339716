import type { Consent } from '../../api/contract/consents.ts';

type Ended = Pick<Consent, 'return_url'> & {
  request: Pick<Consent['request'], 'status' | 'denied_by' | 'subject_email'>;
};

/** Whether a client waits for it, and with it the waiting page. Pure. */
export function isWaitedFor({ return_url: returnUrl }: Pick<Consent, 'return_url'>): boolean {
  return returnUrl !== null && new URL(returnUrl).pathname.startsWith('/waiting/');
}

/** Whether the page leads back by itself: after what the person decided. What was decided for them they read first. Pure. */
export function goesOnByItself(consent: Ended): boolean {
  const { status, denied_by: deniedBy, subject_email: own } = consent.request;
  return isWaitedFor(consent) && (status === 'approved' || (status === 'denied' && deniedBy === own));
}
