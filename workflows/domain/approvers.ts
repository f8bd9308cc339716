import type { ApprovalType } from './approval-type.ts';
import type { Policy, ScopePolicy } from './policy.ts';
import { decidingScope } from './scopes.ts';

/** Somebody who might decide, as the database knows them now. */
export interface Person {
  subject: string;
  roles: readonly string[];
  disabled: boolean;
}

/** The request as far as it matters for who may decide it. */
export interface DecidableRequest {
  subject: string;
  scopes: readonly string[];
}

/**
 * Why somebody may not decide, or `undefined` when they may (RULES 1: own requests first, then each scope). What policy
 * left to its requester, and the scope with which decisions are made (RULES 3), no approver decides.
 */
export function whyNotApprover(
  policy: Policy,
  person: Person,
  request: DecidableRequest & { approval_type?: ApprovalType | null },
): 'own_request' | 'self_approval' | 'not_approver' | undefined {
  if (request.approval_type === 'self' || request.scopes.includes(decidingScope)) return 'self_approval';
  if (person.subject === request.subject) return 'own_request';
  if (!approvesScopes(policy, person, request.scopes)) return 'not_approver';
  return undefined;
}

/**
 * Whether live policy names this person as approver of every one of the scopes. What people consent to themselves has
 * no approver; admins see to it, and can end its grants.
 */
export function approvesScopes(policy: Policy, person: Person, scopes: readonly string[]): boolean {
  if (person.disabled || scopes.length === 0) return false;
  return scopes.every((scope) => {
    const rule = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
    const approverRoles = rule?.otherwise === 'self' ? ['admin'] : rule?.approverRoles;
    return approverRoles?.some((role) => person.roles.includes(role)) ?? false;
  });
}

/** Every scope that live policy names this person as approver of. */
export function approvableScopes(policy: Policy, person: Person): string[] {
  return Object.keys(policy.scopes).filter((scope) => approvesScopes(policy, person, [scope]));
}

/** Whether live policy names this person as approver of anything at all. */
export function approvesSomething(policy: Policy, person: Person): boolean {
  return !person.disabled && isApproverRole(policy, person.roles);
}

/** Whether one of the roles decides other people's requests for anything. */
export function isApproverRole(policy: Policy, roles: readonly string[]): boolean {
  const decidedByOthers = ({ otherwise }: ScopePolicy): boolean => otherwise !== 'self';
  return Object.values(policy.scopes)
    .filter(decidedByOthers)
    .some(({ approverRoles }) => approverRoles.some((role) => roles.includes(role)));
}

/** Auditors and admins see every request and grant without deciding them. */
export function isAuditor(person: Person): boolean {
  return !person.disabled && (person.roles.includes('auditor') || person.roles.includes('admin'));
}

/** Admins act on people, clients and the freeze. */
export function isAdmin(person: Pick<Person, 'roles' | 'disabled'>): boolean {
  return !person.disabled && person.roles.includes('admin');
}

/** Whether the dashboard opens for this person (RULES 1). */
export function mayOpenDashboard(policy: Policy, person: Person): boolean {
  return isAuditor(person) || approvesSomething(policy, person);
}

/** Who may read a request or grant: its owner, its approvers, auditors. */
export function maySee(policy: Policy, person: Person, item: DecidableRequest): boolean {
  return (
    !person.disabled &&
    (person.subject === item.subject || isAuditor(person) || approvesScopes(policy, person, item.scopes))
  );
}
