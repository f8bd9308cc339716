import { DomainError } from '../workflows/domain/errors.ts';
import { asOwner } from './as-owner.ts';
import { ConfigurationError } from './configuration.ts';
import type { Progress } from './progress.ts';

/**
 * `countersign resource-server add <name>`: prints the id and, this once, the secret.
 *
 * @throws {ConfigurationError} when the live policy names no such resource
 */
export async function addResourceServerCommand(name: string, stateFolder: string, progress: Progress): Promise<void> {
  const { addResourceServer } = await import('../activities/store/resource-servers.ts');
  await asOwner(stateFolder, async ({ db }) => {
    const added = await addResourceServer(db, name, new Date()).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      throw new ConfigurationError([
        `${error.message} Write it into the policy file first, such as\n` +
          `      resources:\n        ${name}: { identifier: "http://localhost:9000/mcp", name: "${name}" }`,
      ]);
    });
    progress.say(`${name} is ${added.identifier}. Its credentials, of which the secret is shown only now:`);
    // As they are pasted.
    process.stdout.write(`\nCOUNTERSIGN_CLIENT_ID=${added.clientId}\nCOUNTERSIGN_CLIENT_SECRET=${added.secret}\n\n`);
    if (added.others > 0) progress.say(`the ${added.others} it had before work on, until they are removed`);
  });
}

/** `countersign resource-server list` */
export async function listResourceServersCommand(stateFolder: string, progress: Progress): Promise<void> {
  const { listResourceServers } = await import('../activities/store/resource-servers.ts');
  await asOwner(stateFolder, async ({ db }) => {
    const servers = await listResourceServers(db);
    if (servers.length === 0) progress.say('there are none; countersign resource-server add <name> makes one');
    for (const { client_id: id, resource, created_at: at } of servers) {
      progress.say(`${resource}  ${id}  since ${at.toISOString()}`);
    }
  });
}

/**
 * `countersign resource-server remove <name or id>`: from then on these credentials learn nothing.
 *
 * @throws {ConfigurationError} when there is none
 */
export async function removeResourceServersCommand(
  idOrName: string,
  stateFolder: string,
  progress: Progress,
): Promise<void> {
  const { removeResourceServers } = await import('../activities/store/resource-servers.ts');
  await asOwner(stateFolder, async ({ db }) => {
    const removed = await removeResourceServers(db, idOrName);
    if (removed.length === 0) throw new ConfigurationError([`no resource server has the name or id "${idOrName}"`]);
    for (const { client_id: id, resource } of removed) progress.say(`removed ${id} of ${resource}`);
  });
}
