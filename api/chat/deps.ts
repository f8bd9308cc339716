import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { AuthServer } from '../../activities/chat/auth-server.ts';
import type { LiveText } from '../../activities/chat/live-text.ts';
import type { ModelIdentity } from '../../activities/chat/model-port.ts';
import type { OAuthClient } from '../../activities/chat/oauth-client.ts';
import type { TokenSource } from '../../activities/chat/token-source.ts';
import type { AtRestKey } from '../../activities/store/at-rest.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { EventFeed } from '../../activities/store/event-feed.ts';
import type { PartChecks } from '../health/part-checks.ts';

/** What the chat app's routes and services share. */
export interface ChatDeps {
  db: Db;
  temporal: Client;
  feed: EventFeed;
  oauth: OAuthClient;
  tokens: TokenSource;
  authServer: AuthServer;
  agent: ModelIdentity;
  /** What models say in this very process. */
  liveText: LiveText;
  atRestKey: AtRestKey;
  publicUrl: string;
  issuer: string;
  mcpResource: string;
  apiResource: string;
  allowedHosts: readonly string[];
  demoMode: boolean;
  webRoot: string;
  dashboardUrl: string;
  /** What `/readyz` looks at. */
  checks: PartChecks;
  now: () => Date;
  logger: Logger;
}
