import type { Client } from 'oidc-provider';
import { expect, test } from 'vitest';
import { clientConsentPage } from '../../api/oauth/client-consent-page.ts';
import { backgroundGrant } from '../../api/oauth/registered-clients.ts';

function page(grants: readonly string[]): string {
  return clientConsentPage({
    interaction: { uid: 'uid', params: { scope: 'openid offline_access', prompt: 'consent' } },
    client: {
      clientId: 'client_night',
      clientName: 'Night watch',
      grantTypeAllowed: (name: string) => grants.includes(name),
    } as unknown as Client,
    given: undefined,
    verified: true,
    scopes: [],
    email: 'user@example.com',
  });
}

test('says of a client that may ask in the background that signing out does not stop it', () => {
  const shown = page([backgroundGrant, 'refresh_token']);
  expect(shown).toContain('until you disconnect it under “Your access” in the chat; signing out does not stop it.');
  expect(shown).not.toContain('or sign out');
});

test('says of any other client that stays connected that signing out ends it', () => {
  const shown = page(['refresh_token']);
  expect(shown).toContain('until you disconnect it under “Your access” in the chat, or sign out.');
  expect(shown).not.toContain('does not stop it');
});
