import type { Client } from '@temporalio/client';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { AtRestKey } from '../activities/store/at-rest.ts';

/** What the `api` role needs: the auth server, its API and the dashboard. */
export interface ApiOptions {
  /** 0 picks a free one. */
  port: number;
  /** The issuer: the address people and clients use, without a path. */
  issuer: string;
  /** Resource identifier of the API, `<issuer>/api`. */
  apiResource: string;
  /** Resource identifier and address of the tool server. */
  mcpResource: string;
  chatUrl: string;
  /** Values of `Host` that are ours, with port. */
  allowedHosts: readonly string[];
  /** Proxies in front of it, whose `X-Forwarded-For` says whom a request comes from: addresses, networks, names of ranges. */
  trustedProxies?: readonly string[];
  /** Connection string of the app role. */
  databaseUrl: string;
  temporal: { address: string; namespace: string };
  /** The client of an orchestration worker in this process, if there is one: it starts workflows a way sooner. */
  workerClient?: Client | undefined;
  /** Where Temporal's UI is, to link requests to their histories. */
  temporalUiUrl: string | undefined;
  basePrivateJwk: JWK;
  /** Signs the statements of approvers' decisions. */
  decisionPrivateJwk: JWK;
  mintPublicJwk: JWK;
  mintSocketPath: string;
  /** Secrets that sign the OAuth provider's cookies, the newest first. */
  cookieKeys: readonly string[];
  atRestKey: AtRestKey;
  chatClientSecret: string;
  /** Of the client `countersign-mcp-server`. */
  mcpServerSecret: string;
  /** Hosts of clients' metadata documents that may be at private addresses and other ports than 443. */
  clientDocumentHosts?: readonly string[];
  /** The folder of the built web apps. */
  webRoot: string;
  demoMode: boolean;
  version: string;
  logger: Logger;
}
