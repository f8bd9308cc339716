/** Scopes that give no power: they need no grant and any key may sign them (RULES 11). */
export const baseScopes = ['none', 'openid', 'offline_access'] as const;

/** The scope that deciding through a client takes; see RULES 3 in `docs/rules.md`. */
export const decidingScope = 'approve:requests';

/** Whether holding the scope takes a grant. */
export function isElevated(scope: string): boolean {
  return !(baseScopes as readonly string[]).includes(scope);
}

/** Splits an OAuth `scope` parameter (RFC 6749 section 3.3); what is no text names none. */
export function parseScope(scope: unknown): string[] {
  return (typeof scope === 'string' ? scope : '').split(' ').filter((part) => part !== '');
}
