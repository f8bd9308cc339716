import type { RequestHandler } from 'express';
import { DomainError } from '../../workflows/domain/errors.ts';

/** A path that is answered, and by which method. `{name}` stands for one part of it, `{*name}` for the rest. */
export interface AnsweredRoute {
  method: string;
  path: string;
}

/** Pages: what browsers get at these paths. */
export function pagesAt(...paths: readonly string[]): AnsweredRoute[] {
  return paths.map((path) => ({ method: 'get', path }));
}

/**
 * Comes after every route: a path that is answered, but not by this method, is 405 with the methods that there are
 * (RFC 9110 section 15.5.6). Any other goes on to 404.
 */
export function methodGuard(routes: readonly AnsweredRoute[]): RequestHandler {
  const byPath = [...Map.groupBy(routes, ({ path }) => path)].map(([path, some]) => ({
    pattern: patternOf(path),
    methods: some.map(({ method }) => method.toUpperCase()),
  }));
  return (request, _response, next) => {
    const methods = new Set(
      byPath.filter(({ pattern }) => pattern.test(request.path)).flatMap((route) => route.methods),
    );
    // Where GET is answered, so is HEAD.
    if (methods.has('GET')) methods.add('HEAD');
    if (methods.size === 0 || methods.has(request.method)) {
      next();
      return;
    }
    const allow = [...methods].sort();
    throw new DomainError('method_not_allowed', `This address answers to ${allow.join(', ')} only.`, {
      details: { allow },
    });
  };
}

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{\*?\w+\})/)
    .map((part) => (part.startsWith('{*') ? '.*' : part.startsWith('{') ? '[^/]+' : part.replace(/[^\w/-]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}/?$`, 'i');
}
