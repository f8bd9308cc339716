import { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { UserDirectory } from '../ports.ts';
import { defineTool, type Tool } from './define-tool.ts';

/** Sets the roles of somebody else (RULES 4). The change holds at once, also for grants that stood on a role. */
export function setUserRoles(directory: UserDirectory): Tool {
  return defineTool({
    name: 'set_user_roles',
    title: 'Set the roles of a user',
    description:
      'Replaces the roles of another person. Nobody changes their own, and the last admin stays one. Grants that stood on a role which is gone end at once.',
    scope: 'admin:users',
    // Repeating it could undo what somebody else changed in between.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    input: z.object({
      user: z.string().trim().min(1).max(320).describe('E-mail address or id of the person'),
      roles: z
        .array(z.string().min(1).max(64))
        .max(32)
        .describe('All roles the person has afterwards; an empty list takes every role away'),
    }),
    output: z.object({
      subject: z.string(),
      email: z.string(),
      roles: z.array(z.string()),
      previous_roles: z.array(z.string()),
      grants_ended: z.int(),
    }),
    run: async ({ user, roles }, { grantId }) => {
      if (grantId === undefined) {
        throw new DomainError(
          'insufficient_scope',
          'Roles are changed under a grant only. Let the policy protect set_user_roles with a scope.',
        );
      }
      const changed = await directory.setRoles({ grantId, user, roles });
      return {
        subject: changed.user.subject,
        email: changed.user.email,
        roles: [...changed.user.roles],
        previous_roles: [...changed.before],
        grants_ended: changed.endedGrants,
      };
    },
  });
}
