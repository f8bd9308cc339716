import { z } from 'zod';
import type { UserDirectory } from '../ports.ts';
import { defineTool, type Tool } from './define-tool.ts';

/** Lists the user accounts with their roles, never anything to sign in with. */
export function listUsers(directory: UserDirectory): Tool {
  return defineTool({
    name: 'list_users',
    title: 'List users',
    description: 'The user accounts with their roles.',
    scope: 'admin:users',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    input: z.object({}),
    output: z.object({
      users: z.array(
        z.object({
          subject: z.string(),
          email: z.string(),
          display_name: z.string(),
          roles: z.array(z.string()),
          disabled: z.boolean(),
        }),
      ),
      count: z.int(),
    }),
    run: async () => {
      const users = await directory.users();
      return {
        users: users.map(({ subject, email, displayName, roles, disabled }) => ({
          subject,
          email,
          display_name: displayName,
          roles: [...roles],
          disabled,
        })),
        count: users.length,
      };
    },
  });
}
