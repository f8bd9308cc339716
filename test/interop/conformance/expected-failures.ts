import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { conformanceFolder } from './run-suite.ts';

/** The requirement sets that the suite has: one for each current revision of the specification. */
export const revisions = ['2025-11-25', '2026-07-28'] as const;

type Revision = (typeof revisions)[number];

/** What is put through the suite. */
export type Target = 'product' | 'conformance server';

const listSchema = z.array(
  z.strictObject({
    target: z.enum(['product', 'conformance server']),
    revisions: z.array(z.enum(revisions)).min(1),
    reason: z.string().min(20),
    checks: z.array(z.string()).min(1),
  }),
);
const groups = listSchema.parse(
  parse(readFileSync(join(import.meta.dirname, '..', 'conformance-expected-failures.yaml'), 'utf8')),
);

/** The checks that fail there, each as `scenario:check`. */
export function expectedFailures(target: Target, revision: Revision): string[] {
  return groups.flatMap((group) => (group.target === target && group.revisions.includes(revision) ? group.checks : []));
}

/** The scenarios that conformance to the revision requires of a server. */
export function requiredScenarios(revision: Revision): string[] {
  const text = readFileSync(join(conformanceFolder, 'requirements', `${revision}.yaml`), 'utf8');
  return z.object({ server: z.array(z.string()).min(20) }).parse(parse(text)).server;
}
