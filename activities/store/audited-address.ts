/**
 * A redirect address as the audit log keeps it: where it leads, without its query, fragment, name and password, which may
 * hold secrets and cannot be taken out of the log again. Pure.
 */
export function auditedAddress(address: unknown): string {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url === null) return 'not an address';
  // Private-use schemes have no origin, and some no host: com.example.app:/callback.
  return `${url.protocol}${url.host === '' ? '' : `//${url.host}`}${url.pathname}`;
}
