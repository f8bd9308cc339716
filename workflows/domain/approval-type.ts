/** How a scope is obtained: at once, by one's own consent, by another person, or not at all. */
export type ApprovalType = 'auto' | 'self' | 'admin_required' | 'forbidden';
