import type { Provider } from 'oidc-provider';
import { oauthRoutes } from './routes.ts';

/** An authorization request without a scope means `none`, which everybody holds; the provider would refuse it. */
export function nameAScope(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (ctx.path === oauthRoutes.authorization && ctx.method === 'GET') {
      const { scope } = ctx.query;
      if (scope === undefined || scope === '') ctx.query = { ...ctx.query, scope: 'none' };
    }
    await next();
  });
}
