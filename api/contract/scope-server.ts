import { z } from 'zod';

/** Somebody else's server that a scope is for, as the policy file lists it; null for a scope of ours. */
export const scopeServerSchema = z.object({ name: z.string(), identifier: z.string() }).nullable();
/** The server that a scope is for. */
export type ScopeServer = z.infer<typeof scopeServerSchema>;
