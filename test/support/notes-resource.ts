import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activatePolicy } from '../../activities/policy/activate-policy-file.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { addResourceServer } from '../../activities/store/resource-servers.ts';
import type { Db } from '../../activities/store/connect.ts';
import { projectRoot } from '../../cli/configuration.ts';

/** Somebody else's server, as the policy file lists it. */
export const notesPolicy = (identifier: string): string => `
resources:
  notes: { identifier: "${identifier}", name: Notes }
  other: { identifier: "${identifier}/other", name: Another server }
`;

const notesScopes = `
  read:notes:
    description: Read notes
    risk: low
    resource: notes
    granted_at_once_to: [user, developer, manager, admin]
    otherwise: admin
    approvers: [admin]

  write:notes:
    description: Add notes
    risk: high
    resource: notes
    otherwise: admin
    approvers: [admin]

  other:scope:
    description: Something at the other server
    risk: low
    resource: other
    otherwise: admin
    approvers: [admin]
`;

/** The shipped policy with {@link notesPolicy} and its scopes. */
export async function policyWithNotes(identifier: string): Promise<string> {
  const shipped = await readFile(join(projectRoot, 'countersign.policy.yaml'), 'utf8');
  return shipped
    .replace(/^scopes:\n/m, `${notesPolicy(identifier)}\nscopes:${notesScopes}\n`)
    .replace(/^tools:\n/m, `tools:\n  add_note: { scope: write:notes, hosted: false }\n`);
}

/** Makes it live, and credentials for the server. */
export async function addNotes(ownerDb: Db, identifier: string): Promise<{ clientId: string; secret: string }> {
  const text = await policyWithNotes(identifier);
  await activatePolicy(ownerDb, parsePolicy(text, 'policy with notes'), text);
  return addResourceServer(ownerDb, 'notes', new Date());
}
