/**
 * Where to go after signing in: the given path when it is one of this very origin, else the fallback. `//host`,
 * backslashes and control characters are how open redirects are made.
 */
export function localPathOr(path: unknown, fallback: string): string {
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//')) return fallback;
  if (path.length > 2_048 || /[\\\p{Cc}\s]/u.test(path)) return fallback;
  const base = 'http://local.invalid';
  if (!URL.canParse(path, base)) return fallback;
  const url = new URL(path, base);
  // The parsed form, so that what we checked is what the browser is sent: `/..//host` would become `//host`.
  if (url.origin !== base || url.pathname.startsWith('//')) return fallback;
  return url.pathname + url.search + url.hash;
}
