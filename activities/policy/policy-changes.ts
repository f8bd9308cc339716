import canonicalize from 'canonicalize';
import ms from 'ms';
import type { DenyRule, OtherResource, Policy, ScopePolicy, ToolPolicy } from '../../workflows/domain/policy.ts';

const mostLines = 50;
import { selfRequestTtlMs } from '../../workflows/domain/own-consent.ts';
import { coolDownMs } from '../../workflows/domain/step-up.ts';

/** What differs between two policies, a line each, for the audit log and for people. Pure. */
export function policyChanges(before: Policy, after: Policy): string[] {
  const lines = [
    ...recordChanges('resource', before.resources ?? {}, after.resources ?? {}, resourceFields),
    ...recordChanges('scope', before.scopes, after.scopes, scopeFields),
    ...recordChanges('tool', before.tools, after.tools, toolFields),
    ...denyChanges(before.deny, after.deny),
    ...defaultsChanges(before, after),
  ];
  const more = lines.length - mostLines;
  return more > 0 ? [...lines.slice(0, mostLines), `… and ${more} more`] : lines;
}

/** A setting as the policy file names it, and as text. */
type Fields<T> = Record<string, (entry: T) => string>;

const list = (names: readonly string[]): string => `[${names.join(', ')}]`;

const scopeFields: Fields<ScopePolicy> = {
  risk: ({ risk }) => risk,
  resource: ({ resource }) => resource,
  granted_at_once_to: ({ grantedAtOnceTo }) => list(grantedAtOnceTo),
  otherwise: ({ otherwise }) => otherwise,
  approvers: ({ approverRoles }) => list(approverRoles),
  justification: ({ justification }) => justification,
  request_ttl: ({ requestTtlMs }) => ms(requestTtlMs),
  grant_ttl: ({ grantTtlMs }) => ms(grantTtlMs),
  max_grant_ttl: ({ maxGrantTtlMs }) => ms(maxGrantTtlMs),
  binding: ({ binding }) => binding,
  fresh_sign_in: ({ freshSignInMs }) => (freshSignInMs === undefined ? 'none' : ms(freshSignInMs)),
};

const resourceFields: Fields<OtherResource> = { identifier: ({ identifier }) => identifier };

const toolFields: Fields<ToolPolicy> = {
  scope: ({ scope }) => scope,
  security_level: ({ securityLevel }) => securityLevel ?? "as the scope's risk",
  hosted: ({ hosted }) => String(hosted ?? true),
};

function recordChanges<T extends object>(
  what: string,
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  fields: Fields<T>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, now] = [own(before, name), own(after, name)];
    if (old === undefined) return [`${what} ${name} added`];
    if (now === undefined) return [`${what} ${name} removed`];
    const changed = Object.entries(fields)
      .filter(([, text]) => text(old) !== text(now))
      .map(([field, text]) => `${what} ${name}: ${field} ${text(old)} → ${text(now)}`);
    // What is not listed above, such as a description, differs without power.
    return changed.length === 0 && !same(old, now) ? [`${what} ${name}: wording`] : changed;
  });
}

function defaultsChanges(before: Policy, after: Policy): string[] {
  const fields = [
    ['self_request_ttl', selfRequestTtlMs],
    ['step_up_cool_down', coolDownMs],
  ] as const;
  return fields.flatMap(([field, value]) => {
    const [old, now] = [ms(value(before)), ms(value(after))];
    return old === now ? [] : [`defaults: ${field} ${old} → ${now}`];
  });
}

function denyChanges(before: readonly DenyRule[], after: readonly DenyRule[]): string[] {
  const missing = (from: readonly DenyRule[], to: readonly DenyRule[]): DenyRule[] =>
    from.filter((rule) => !to.some((other) => same(rule, other)));
  return [
    ...missing(before, after).map((rule) => `${denyText(rule)} removed`),
    ...missing(after, before).map((rule) => `${denyText(rule)} added`),
  ];
}

function denyText({ scopes, roles, clients }: DenyRule): string {
  const to = roles.length === 0 ? 'everybody' : list(roles);
  return `denial of ${list(scopes)} to ${to}${clients.length === 0 ? '' : ` through ${list(clients)}`}`;
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function same(one: object, other: object): boolean {
  return canonicalize(one) === canonicalize(other);
}
