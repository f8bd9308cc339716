import type { WorkflowBundleOption } from '@temporalio/worker';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { SweepTiming } from '../activities/sweep/deps.ts';
import type { OwnIdentifiers } from '../workflows/domain/resources.ts';

/** Where Temporal is. */
export interface TemporalOptions {
  address: string;
  namespace: string;
}

/** What the `worker` role needs. */
export interface OrchestrationOptions {
  temporal: TemporalOptions;
  /** Connection string of the app role. */
  databaseUrl: string;
  /** Bundled ahead of time by `workers/build.ts`, or by `bundleWorkflows`. */
  workflowBundle: WorkflowBundleOption;
  /** Public half of the API's decision key. */
  decisionPublicJwk: JWK;
  /** How eagerly this worker sweeps when it is given the task; the defaults are for production. */
  sweep?: Partial<SweepTiming>;
  logger: Logger;
}

/** What the `mint` role needs; it alone is given the private key and the mint's database role (RULES 12). */
export interface MintOptions {
  temporal: TemporalOptions;
  databaseUrl: string;
  decisionPublicJwk: JWK;
  mintPrivateJwk: JWK;
  issuer: string;
  /** The identifiers (RFC 8707) of our own resources; others' are in the policy. */
  resources: OwnIdentifiers;
  socketPath: string;
  logger: Logger;
}
