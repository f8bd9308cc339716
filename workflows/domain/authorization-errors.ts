/**
 * How a client is told that it lacks a scope: by 403 with a challenge (RFC 6750), or, for one that cannot step up, in the
 * tool's result with the request already made (RULES 20).
 */
export const authorizationErrors = ['challenge', 'in_band'] as const;
/** One of {@link authorizationErrors}. */
export type AuthorizationErrors = (typeof authorizationErrors)[number];
