import type { Provider } from 'oidc-provider';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import { oauthRoutes } from './routes.ts';

/** Where a person's way to a client's token begins; it goes on below. */
const ways: readonly string[] = [oauthRoutes.authorization, oauthRoutes.code_verification];

/**
 * Our session is the sign-in; the provider's follows it. Before each step of an authorization request the provider's session
 * is dropped unless ours is alive and of the same account, so that a sign-out or a change of account counts at once.
 */
export function followOurSessions(provider: Provider, sessions: BrowserSessions): void {
  provider.use(async (ctx, next) => {
    if (ways.some((way) => ctx.path === way || ctx.path.startsWith(`${way}/`))) {
      const providerSession = await provider.Session.get(ctx);
      if (providerSession.accountId !== undefined) {
        const ours = await sessions.find(ctx.req);
        if (ours?.person.subject !== providerSession.accountId) await providerSession.destroy();
      }
    }
    await next();
  });
}
