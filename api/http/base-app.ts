import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { DomainError } from '../../workflows/domain/errors.ts';
import { bodyParsers, isReadable } from './body-parsers.ts';
import { requestLog, type ServerName } from './request-log.ts';

/** What every HTTP app of ours starts from. */
export interface BaseAppOptions {
  logger: Logger;
  /** Its name in the metrics. */
  server: ServerName;
  /** Values of `Host` that are ours, with port, such as `localhost:8002` (RULES 7). */
  allowedHosts: readonly string[];
  /** The address people use; under https, HSTS is sent. */
  publicUrl: string;
  /** Origins that forms of this app may lead to by redirects, besides its own. */
  formTargets?: readonly string[];
  /** Paths whose handler reads the body itself. */
  leavesBodyAlone?: (path: string) => boolean;
}

/**
 * Express 5 with security headers, the `Host` check, request ids and body parsing. Routes come next, then
 * `notFoundHandler`, then `problemHandler(logger)`.
 */
export function createBaseApp(options: BaseAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(requestLog(options));
  app.use(securityHeaders(options));
  app.use(checkHost(options.allowedHosts), refuseUnreadableAddress, toOneAddress(options.publicUrl));
  for (const parse of bodyParsers()) {
    app.use((request, response, next) => {
      if (options.leavesBodyAlone?.(request.path) === true) next();
      else parse(request, response, next);
    });
  }
  return app;
}

/** Ends every path that no route took. */
export const notFoundHandler: RequestHandler = () => {
  throw new DomainError('not_found', 'There is nothing at this address.');
};

function securityHeaders(options: BaseAppOptions): RequestHandler {
  const secure = options.publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'object-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        'img-src': ["'self'", 'data:'],
        // Browsers apply it to redirects after a form too, so it names where sign-in leads (RULES 6).
        'form-action': ["'self'", ...(options.formTargets ?? [])],
        'require-trusted-types-for': ["'script'"],
        'trusted-types': ["'none'"],
      },
    },
    // Under `no-referrer` a native form posts `Origin: null`, which the browser guard refuses (RULES 6).
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    xFrameOptions: { action: 'deny' },
  });
}

/** Answers only to our own names, so that a page that rebinds its DNS name to us reads nothing (RULES 7). */
function checkHost(allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (request, _response, next) => {
    if (!allowed.has((request.headers.host ?? '').toLowerCase())) {
      throw new DomainError(
        'wrong_host',
        'This server does not answer to that name. Use the address it was started with.',
      );
    }
    next();
  };
}

/** Cookies and redirects belong to one host name: whoever opens a page by another (127.0.0.1) is sent there. */
function toOneAddress(publicUrl: string): RequestHandler {
  const { origin, host } = new URL(publicUrl);
  return (request, response, next) => {
    const isPage = request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
    if (isPage && request.headers.host !== host) response.redirect(307, `${origin}${pathOf(request.originalUrl)}`);
    else next();
  };
}

/** A request line may hold a whole address instead of a path. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const { pathname, search } = new URL(target, 'http://local.invalid');
  return `${pathname}${search}`;
}

/** What is not UTF-8 would be stored and shown as something else than was sent. */
const refuseUnreadableAddress: RequestHandler = (request, _response, next) => {
  if (isReadable(request.url)) next();
  else throw new DomainError('invalid_request', 'The address cannot be read.');
};
