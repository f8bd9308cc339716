import { errors, type Client, type Provider } from 'oidc-provider';

/** What a client says about itself, to show it. Undefined where there is none, or its document cannot be had now. */
export async function findClient(provider: Provider, clientId: string): Promise<Client | undefined> {
  try {
    return await provider.Client.find(clientId);
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return undefined;
    throw error;
  }
}
