import type { Client } from '@temporalio/client';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { MintClient } from '../../activities/mint/mint-client.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { EventFeed } from '../../activities/store/event-feed.ts';

/** What the approvals and grants resources need. */
export interface ApprovalDeps {
  db: Db;
  temporal: Client;
  /** Starts workflows on a worker's own connection, where this process has one. */
  workerClient?: Client | undefined;
  feed: EventFeed;
  mint: MintClient;
  /** Private half of the decision key: signs statements for authenticated approvers. */
  decisionPrivateJwk: JWK;
  mintKid: string;
  issuer: string;
  /** The MCP server's resource identifier, which `new_token` is for (RULES 10). */
  mcpResource: string;
  /** What another client calls itself, which nobody has checked; without it people see its id. */
  registeredName?: (clientId: string) => Promise<string | undefined>;
  /** Where the chat is, to lead people back to the conversation that asked. */
  chatUrl?: string | undefined;
  /** Where Temporal's UI is, to link a request to its history; `undefined` hides the links. */
  temporalUi: { url: string; namespace: string } | undefined;
  now: () => Date;
  logger: Logger;
}
