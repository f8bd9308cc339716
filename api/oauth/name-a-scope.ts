import type { AdapterFactory, Provider } from 'oidc-provider';
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

/** The same for devices, whose request the provider stores before anybody sees it. */
export function nameDevicesAScope(factory: AdapterFactory): AdapterFactory {
  return (model) => {
    const adapter = factory(model);
    if (model !== 'DeviceCode') return adapter;
    return {
      ...adapter,
      upsert: (id, payload, expiresIn) => {
        const { params } = payload;
        const named = params === undefined || Boolean(params['scope']) ? params : { ...params, scope: 'none' };
        return adapter.upsert(id, named === undefined ? payload : { ...payload, params: named }, expiresIn);
      },
    };
  };
}
