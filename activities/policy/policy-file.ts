import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { risks } from '../../workflows/domain/policy.ts';
import { securityLevels } from '../../workflows/domain/security-level.ts';

const maxDurationMs = 366 * 24 * 60 * 60 * 1000;

/** "10m", "24h", "7d" as milliseconds. */
const duration = z.string('is a duration such as 10m, 24h or 7d').transform((text, context) => {
  const value = /^\d+(\.\d+)?\s?[a-z]+$/i.test(text.trim()) ? ms(text.trim() as StringValue) : undefined;
  if (typeof value !== 'number' || Number.isNaN(value) || value < 1000 || value > maxDurationMs) {
    context.addIssue({
      code: 'custom',
      message: 'is a duration such as 10m, 24h or 7d, between one second and a year',
    });
    return z.NEVER;
  }
  return Math.round(value);
});

const role = z.string().regex(/^[a-z][a-z0-9_-]*$/, 'is a role name: lower-case letters, digits, - and _');
const scopeName = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/, 'is not a scope token (RFC 6749 section 3.3)');
const justification = z.enum(['optional', 'required']);
const binding = z.enum(['account+client', 'session']);

const scopeEntry = z
  .strictObject({
    description: z.string().min(1),
    risk: z.enum(risks),
    resource: z.enum(['mcp', 'api']),
    granted_at_once_to: z.array(role).default([]),
    otherwise: z.enum(['admin', 'self', 'forbidden']),
    approvers: z.array(role).default([]),
    justification: justification.optional(),
    request_ttl: duration.optional(),
    grant_ttl: duration.optional(),
    max_grant_ttl: duration.optional(),
    binding: binding.optional(),
  })
  .refine((entry) => entry.otherwise !== 'admin' || entry.approvers.length > 0, {
    path: ['approvers'],
    message: 'names at least one role when otherwise is "admin", or nobody could ever decide',
  });

const toolEntry = z.strictObject({
  scope: z.string().describe('the scope that the tool needs'),
  security_level: z.enum(securityLevels).optional().describe("shown to approvers; from the scope's risk when left out"),
  hosted: z.boolean().default(true).describe('false: a tool of another server, which may be asked for all the same'),
});

/** The policy file as people write it. Durations come out as milliseconds. */
export const policyFileSchema = z
  .strictObject({
    version: z.literal(1),
    defaults: z
      .strictObject({
        request_ttl: duration.prefault('24h'),
        grant_ttl: duration.prefault('1h'),
        max_grant_ttl: duration.prefault('8h'),
        justification: justification.default('optional'),
        binding: binding.default('account+client'),
      })
      .prefault({}),
    scopes: z.record(scopeName, scopeEntry),
    tools: z.record(z.string().min(1), toolEntry).default({}),
    deny: z
      .array(
        z.strictObject({
          scopes: z.array(z.string()).min(1),
          roles: z.array(role).default([]),
          clients: z.array(z.string()).default([]),
          reason: z.string().min(1),
        }),
      )
      .default([]),
  })
  .superRefine((file, context) => {
    const known = new Set(Object.keys(file.scopes));
    const unknown = (scope: string, path: PropertyKey[]): void => {
      if (!known.has(scope))
        context.addIssue({ code: 'custom', path, message: `names the scope "${scope}", which is not under scopes` });
    };
    for (const [tool, { scope }] of Object.entries(file.tools)) unknown(scope, ['tools', tool, 'scope']);
    file.deny.forEach((rule, index) =>
      rule.scopes.forEach((scope, at) => unknown(scope, ['deny', index, 'scopes', at])),
    );
    for (const [scope, entry] of Object.entries(file.scopes)) {
      const grantTtl = entry.grant_ttl ?? file.defaults.grant_ttl;
      const maximum = entry.max_grant_ttl ?? file.defaults.max_grant_ttl;
      if (grantTtl > maximum) {
        context.addIssue({
          code: 'custom',
          path: ['scopes', scope, 'grant_ttl'],
          message: 'is longer than max_grant_ttl',
        });
      }
    }
  });
export type PolicyFile = z.infer<typeof policyFileSchema>;
