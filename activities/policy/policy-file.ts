import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { risks } from '../../workflows/domain/policy.ts';
import { ownResources } from '../../workflows/domain/resources.ts';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import { securityLevels } from '../../workflows/domain/security-level.ts';

const maxDurationMs = 366 * 24 * 60 * 60 * 1000;

/** "10m", "24h", "7d" as milliseconds. */
const written = z
  .string('is a duration such as 10m, 24h or 7d')
  // For editors only: the check itself is below, and says more.
  .meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s?[A-Za-z]+\\s*$', examples: ['10m', '24h', '7d'] });
const duration = written.transform((text, context) => {
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

const durations = {
  request_ttl: duration.describe('how long a request waits for a decision'),
  grant_ttl: duration.describe('how long a grant lives'),
  max_grant_ttl: duration.describe('how long a grant can live at most'),
  fresh_sign_in: duration.describe(
    'how long ago somebody may have signed in to consent themselves; else they sign in again',
  ),
};
const described = {
  justification: justification.describe('whether asking takes a reason'),
  binding: binding.describe('what a grant is tied to; "session" is one conversation in the chat, or one OAuth session'),
};

const scopeEntry = z
  .strictObject({
    description: z.string().min(1).describe('what it allows, for approvers'),
    risk: z.enum(risks).describe('orders the queue, and gives tools their security level'),
    resource: z.string().describe('the server that the scope is for: mcp, api, or a name under resources'),
    granted_at_once_to: z
      .array(role)
      .default([])
      .describe('roles that receive it at first use; "everyone" is any valid token'),
    otherwise: z
      .enum(['admin', 'self', 'forbidden'])
      .describe('for everybody else: an approver decides, the person consents afresh, or nobody gets it'),
    approvers: z
      .array(role)
      .default([])
      .describe(
        'roles whose holders decide, never about their own request; with otherwise "self": who may consent for themselves, everybody when none is named',
      ),
    fresh_sign_in: durations.fresh_sign_in.optional(),
    justification: described.justification.optional(),
    request_ttl: durations.request_ttl.optional(),
    grant_ttl: durations.grant_ttl.optional(),
    max_grant_ttl: durations.max_grant_ttl.optional(),
    binding: described.binding.optional(),
  })
  .refine((entry) => entry.otherwise === 'self' || entry.fresh_sign_in === undefined, {
    path: ['fresh_sign_in'],
    message: 'is for scopes with otherwise "self"',
  })
  .refine((entry) => entry.otherwise !== 'admin' || entry.approvers.length > 0, {
    path: ['approvers'],
    message: 'names at least one role when otherwise is "admin", or nobody could ever decide',
  })
  // The same for editors: a refinement has no JSON Schema.
  .meta({
    if: { properties: { otherwise: { const: 'admin' } }, required: ['otherwise'] },
    then: { properties: { approvers: { minItems: 1 } }, required: ['approvers'] },
  });

const toolEntry = z.strictObject({
  scope: z.string().describe('the scope that the tool needs'),
  security_level: z.enum(securityLevels).optional().describe("shown to approvers; from the scope's risk when left out"),
  hosted: z.boolean().default(true).describe('false: a tool of another server, which may be asked for all the same'),
});

const identifier = z
  .string()
  .max(500)
  .refine(isResourceIdentifier, 'is an https address without a fragment; http on this computer only')
  .describe("the audience of its tokens (RFC 8707): the server's own address");

const resourceEntry = z.strictObject({
  identifier,
  name: z.string().min(1).max(100).describe('as people see it'),
});

/** RFC 8707 section 2, and https unless it is this computer. */
function isResourceIdentifier(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || /[\s#]/.test(text) || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname));
}
const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The policy file as people write it. Durations come out as milliseconds. */
export const policyFileSchema = z
  .strictObject({
    version: z.literal(1).describe('of the format of this file'),
    defaults: z
      .strictObject({
        request_ttl: durations.request_ttl.prefault('24h'),
        grant_ttl: durations.grant_ttl.prefault('1h'),
        max_grant_ttl: durations.max_grant_ttl.prefault('8h'),
        self_request_ttl: duration
          .describe('how long a request waits for the own consent of the person who asked')
          .prefault('10m'),
        fresh_sign_in: durations.fresh_sign_in.prefault('5m'),
        step_up_cool_down: duration
          .describe('how long a client that was refused a scope gets the same answer before anybody is asked again')
          .prefault('10m'),
        justification: described.justification.default('optional'),
        binding: described.binding.default('account+client'),
      })
      .prefault({})
      .describe('for every scope that does not say otherwise'),
    scopes: z.record(scopeName, scopeEntry).describe('how each scope is granted'),
    resources: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'is a name: lower-case letters, digits and -'), resourceEntry)
      .default({})
      .describe("other people's resource servers, whose scopes are approved here"),
    tools: z.record(z.string().min(1), toolEntry).default({}).describe('the scope that each tool needs'),
    deny: z
      .array(
        z.strictObject({
          scopes: z.array(z.string()).min(1),
          roles: z.array(role).default([]).describe('whom; nobody named means everybody'),
          clients: z.array(z.string()).default([]).describe('through which clients; none named means every client'),
          reason: z.string().min(1).describe('shown to whoever is refused'),
        }),
      )
      .default([])
      .describe('denials come first, whatever else this file says'),
  })
  .superRefine((file, context) => {
    const deciding = Object.hasOwn(file.scopes, decidingScope) ? file.scopes[decidingScope] : undefined;
    if (deciding !== undefined && (deciding.otherwise === 'admin' || deciding.granted_at_once_to.length > 0)) {
      context.addIssue({
        code: 'custom',
        path: ['scopes', decidingScope],
        message: 'is granted by fresh own consent only: otherwise "self" (or "forbidden"), and to nobody at once',
      });
    }
    const known = new Set(Object.keys(file.scopes));
    const unknown = (scope: string, path: PropertyKey[]): void => {
      if (!known.has(scope))
        context.addIssue({ code: 'custom', path, message: `names the scope "${scope}", which is not under scopes` });
    };
    const others = Object.entries(file.resources);
    for (const [index, [name, { identifier: own }]] of others.entries()) {
      const issue = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['resources', name, 'identifier'], message });
      if (ownResources.some((reserved) => reserved === name)) {
        context.addIssue({ code: 'custom', path: ['resources', name], message: 'is the name of a server of ours' });
      }
      const same = others.slice(0, index).find(([, other]) => other.identifier === own);
      if (same !== undefined) issue(`is the identifier of ${same[0]} too`);
    }
    const servers = new Set<string>([...ownResources, ...Object.keys(file.resources)]);
    for (const [scope, { resource }] of Object.entries(file.scopes)) {
      if (servers.has(resource)) continue;
      context.addIssue({
        code: 'custom',
        path: ['scopes', scope, 'resource'],
        message: `names the server "${resource}", which is not mcp, api or a name under resources`,
      });
    }
    if (deciding !== undefined && deciding.resource !== 'api') {
      context.addIssue({
        code: 'custom',
        path: ['scopes', decidingScope, 'resource'],
        message: 'is a scope of this API: resource "api"',
      });
    }
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
/** A policy file, as it is written; `parsePolicy` makes the policy of it. */
export type PolicyFile = z.infer<typeof policyFileSchema>;
