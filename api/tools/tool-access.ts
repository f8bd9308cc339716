import type { Person } from '../../workflows/domain/approvers.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { toolSecurityLevel } from '../../workflows/domain/security-level.ts';
import type { ListedTool } from '../contract/tools.ts';

/** For whom access is judged: the scopes are those held now for the client. */
export interface ToolViewer {
  person: Person;
  clientId: string;
  clientVerified: boolean;
  held: readonly string[];
}

/** Whether this person may call the tool through this client: now, by asking, or never. Pure. */
export function toolAccess(policy: Policy, viewer: ToolViewer, name: string): ListedTool {
  const tool = policy.tools[name];
  const scope = tool?.scope ?? '';
  const {
    person: { roles, disabled },
    clientId,
    clientVerified,
  } = viewer;
  const known = Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
  const held = viewer.held.includes(scope);
  const approvalType =
    known === undefined
      ? 'forbidden'
      : evaluatePolicy(policy, { roles, disabled, clientId, clientVerified, scopes: [scope] }).approvalType;
  return {
    name,
    scope,
    description: known?.description ?? 'The policy does not know this scope.',
    risk: known?.risk ?? 'critical',
    security_level: toolSecurityLevel(policy, name, scope),
    hosted: tool?.hosted !== false,
    access: held || approvalType === 'auto' ? 'now' : approvalType === 'forbidden' ? 'never' : 'by_asking',
    approval_type: approvalType,
    held,
  };
}
