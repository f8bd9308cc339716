import { sql } from 'kysely';
import type { AdapterFactory } from 'oidc-provider';
import { runChecked } from '../../activities/store/checked-function.ts';
import type { Db } from '../../activities/store/connect.ts';
import { authorizationErrorsProperty, isAuthorizationErrors } from './registration.ts';

/** The same of a client that has a document instead of a registration, once somebody lets it act for them. */
export async function rememberDeclared(db: Db, clientId: string, mode: unknown): Promise<void> {
  if (isAuthorizationErrors(mode)) {
    await runChecked(db, sql`register_client_authorization_errors(${clientId}, ${mode})`);
  }
}

/**
 * Puts what a client registers about its errors where the tools look, which cannot read registrations. An admin's word
 * goes before it.
 */
export function rememberAuthorizationErrors(factory: AdapterFactory, db: Db): AdapterFactory {
  return (model) => {
    const adapter = factory(model);
    if (model !== 'Client') return adapter;
    return {
      ...adapter,
      upsert: async (id, payload, expiresIn) => {
        await adapter.upsert(id, payload, expiresIn);
        await rememberDeclared(db, id, payload[authorizationErrorsProperty]);
      },
    };
  };
}
