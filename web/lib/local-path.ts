/**
 * Where to go after signing in: the given path when it is one of this very origin, else the fallback. `//host`,
 * backslashes and control characters are how open redirects are made.
 */
export function localPathOr(path: string | null | undefined, fallback: string): string {
  if (path === null || path === undefined || !path.startsWith('/') || path.startsWith('//')) return fallback;
  if (/[\\\p{Cc}]/u.test(path)) return fallback;
  const base = 'http://local.invalid';
  return URL.canParse(path, base) && new URL(path, base).origin === base ? path : fallback;
}
