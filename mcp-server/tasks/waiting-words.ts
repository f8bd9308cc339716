import type { ParkedCall } from './ports.ts';

/** Who decides about a parked call, where, and that the task goes on by itself: a second call would run it twice. Pure. */
export function waitingWords(
  issuer: string,
  { requestId, toolName, request }: Pick<ParkedCall, 'requestId' | 'toolName' | 'request'>,
): string {
  const path = `${request.ownConsent ? '/consent' : '/dashboard/requests'}/${encodeURIComponent(requestId)}`;
  const what = request.ownConsent ? "your person's own consent" : "another person's approval";
  return `${toolName} waits for ${what}, decided at ${new URL(path, issuer).href}; nothing has run. Show that address to your person. Once it is approved this task goes on by itself: ask after it with tasks/get, and do not call ${toolName} again.`;
}
