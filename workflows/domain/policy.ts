import type { SecurityLevel } from './security-level.ts';

/** How much harm a scope can do; orders the queue and picks the security level. */
export const risks = ['none', 'low', 'medium', 'high', 'critical'] as const;
/** One of {@link risks}. */
export type Risk = (typeof risks)[number];

/** What nobody gives in passing: decided one at a time, and confirmed by itself. */
export function isHighOrCritical(risk: Risk | null | undefined): boolean {
  return risk === 'high' || risk === 'critical';
}

/** What a grant is tied to (RULES 13). `session` is the conversation in the chat, the OAuth session elsewhere. */
export type Binding = 'account+client' | 'session';

/** Somebody else's resource server whose scopes are asked for and approved here. */
export interface OtherResource {
  /** RFC 8707: what its tokens name as their audience. */
  identifier: string;
  /** As people see it. */
  name: string;
}

/** How one scope is granted. Durations are milliseconds. */
export interface ScopePolicy {
  description: string;
  risk: Risk;
  /** `mcp` or `api`, which are ours, or a name under {@link Policy.resources}; see `resources.ts`. */
  resource: string;
  /** Roles that receive the scope at once. `everyone` stands for any valid token. */
  grantedAtOnceTo: readonly string[];
  /** What happens for everybody else. */
  otherwise: 'admin' | 'self' | 'forbidden';
  /**
   * Roles whose holders may decide requests for this scope. Where `otherwise` is `self`: whose holders may consent to it
   * for themselves; none named means everybody.
   */
  approverRoles: readonly string[];
  justification: 'optional' | 'required';
  requestTtlMs: number;
  grantTtlMs: number;
  maxGrantTtlMs: number;
  binding: Binding;
  /** Of a scope that people consent to themselves: how long ago their sign-in may be. Five minutes when absent. */
  freshSignInMs?: number;
}

/** Denials come before every grant: a match forbids the scope whatever else the policy says. */
export interface DenyRule {
  scopes: readonly string[];
  /** Empty means everybody. */
  roles: readonly string[];
  /** Empty means every client. */
  clients: readonly string[];
  reason: string;
}

/** A tool and the scope it needs. */
export interface ToolPolicy {
  scope: string;
  /** Set when it differs from what the scope's risk says; see `security-level.ts`. */
  securityLevel?: SecurityLevel;
  /** `false` for a tool of somebody else's server, declared so that its use can be asked for. */
  hosted?: false;
}

/** The parsed policy file: plain data, so that it can be stored, compared and evaluated anywhere. */
export interface Policy {
  /** Digest of the file's meaning, shown to people as the policy version. */
  version: string;
  scopes: Readonly<Record<string, ScopePolicy>>;
  tools: Readonly<Record<string, ToolPolicy>>;
  deny: readonly DenyRule[];
  /** How long a refused step-up of a client gets the same answer. Ten minutes when absent. */
  stepUpCoolDownMs?: number;
  /** How long a request waits for what the person confirms themselves by a built-in rule. Ten minutes when absent. */
  selfRequestTtlMs?: number;
  /** Other resource servers, by the names that scopes use; policies from before there were any lack it. */
  resources?: Readonly<Record<string, OtherResource>>;
}
