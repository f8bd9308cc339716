/** Ways a grant ends. */
export const grantEnds = ['expired', 'revoked', 'returned', 'consumed'] as const;
/** One of {@link grantEnds}. */
export type GrantEnd = (typeof grantEnds)[number];
/** Where a grant stands. */
export type GrantStatus = 'active' | GrantEnd;

/** The columns that decide whether a grant is alive (RULES 14). Times are epoch milliseconds. */
export interface GrantLife {
  expiresAt: number;
  endReason: GrantEnd | null;
}

/** The state of a grant now; a row past its end is expired even when nobody has closed it yet. */
export function grantStatus(grant: GrantLife, now: number): GrantStatus {
  if (grant.endReason !== null) return grant.endReason;
  return now < grant.expiresAt ? 'active' : 'expired';
}
