import { ConfigurationError } from './configuration.ts';
import { asOwner } from './as-owner.ts';
import type { Progress } from './progress.ts';

/**
 * `countersign client add <name>`: prints the id and, this once, the secret.
 *
 * @throws {ConfigurationError} for an address that answers cannot go to
 */
export async function addClientCommand(
  client: { name: string; redirectUris: readonly string[]; background: boolean },
  stateFolder: string,
  progress: Progress,
): Promise<void> {
  const { addRegisteredClient } = await import('../activities/store/registered-clients.ts');
  const wrong = client.redirectUris.filter((uri) => !URL.canParse(uri));
  if (wrong.length > 0) throw new ConfigurationError(wrong.map((uri) => `--redirect-uri ${uri} is no address`));
  await asOwner(stateFolder, async ({ db }) => {
    const added = await addRegisteredClient(db, client, new Date());
    progress.say(`${client.name} is registered. Its credentials, of which the secret is shown only now:`);
    // As they are pasted.
    process.stdout.write(`\nCOUNTERSIGN_CLIENT_ID=${added.clientId}\nCOUNTERSIGN_CLIENT_SECRET=${added.secret}\n\n`);
    if (client.background) progress.say('it may ask in the background for people who let it stay connected');
  });
}

/** `countersign client list` */
export async function listClientsCommand(stateFolder: string, progress: Progress): Promise<void> {
  const { listRegisteredClients } = await import('../activities/store/registered-clients.ts');
  await asOwner(stateFolder, async ({ db }) => {
    const clients = await listRegisteredClients(db);
    if (clients.length === 0) progress.say('there are none; countersign client add <name> registers one');
    for (const { client_id: id, name, background, created_at: at } of clients) {
      progress.say(`${id}  ${name}${background ? '  (background)' : ''}  since ${at.toISOString()}`);
    }
  });
}

/**
 * `countersign client remove <id>`: from then on its secret and its tokens open nothing new.
 *
 * @throws {ConfigurationError} when there is none
 */
export async function removeClientCommand(clientId: string, stateFolder: string, progress: Progress): Promise<void> {
  const { removeRegisteredClient } = await import('../activities/store/registered-clients.ts');
  await asOwner(stateFolder, async ({ db }) => {
    if (!(await removeRegisteredClient(db, clientId))) {
      throw new ConfigurationError([`no client of the id "${clientId}" is registered`]);
    }
    progress.say(`removed ${clientId}`);
  });
}
