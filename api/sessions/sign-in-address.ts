/** The sign-in page, with the path of ours to come back to. */
export function signInAddress(returnTo: string): string {
  return `/sign-in?${new URLSearchParams({ return_to: returnTo }).toString()}`;
}
