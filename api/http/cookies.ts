import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Response } from 'express';

/** One cookie of an app: HttpOnly, SameSite=Lax, for the whole origin. */
export interface AppCookie {
  name: string;
  read(request: { headers: IncomingHttpHeaders }): string | undefined;
  write(response: Response, value: string, maxAgeSeconds: number): void;
  clear(response: Response): void;
}

/**
 * @param baseName differs per app: ports of one host share their cookies. Under https it gets the `__Host-` prefix
 * and `Secure`, which browsers refuse over http.
 */
export function appCookie(baseName: string, options: { secure: boolean }): AppCookie {
  const name = options.secure ? `__Host-${baseName}` : baseName;
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: options.secure } as const;
  return {
    name,
    read: (request) => {
      const { cookie } = request.headers;
      const value = cookie === undefined ? undefined : parseCookie(cookie)[name];
      return value === '' ? undefined : value;
    },
    write: (response, value, maxAgeSeconds) => {
      response.append('Set-Cookie', stringifySetCookie({ ...attributes, name, value, maxAge: maxAgeSeconds }));
    },
    clear: (response) => {
      response.append('Set-Cookie', stringifySetCookie({ ...attributes, name, value: '', maxAge: 0 }));
    },
  };
}
