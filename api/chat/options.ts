import type { Logger } from 'pino';
import type { ModelSettings } from '../../activities/chat/model-settings.ts';
import type { AtRestKey } from '../../activities/store/at-rest.ts';

/** What the `chat` role needs. */
export interface ChatOptions {
  port: number;
  /** Where people reach the chat app; its origin is the only one that may post with the cookie. */
  publicUrl: string;
  /** The authorization server. */
  issuer: string;
  /** Resource identifier and address of the tool server. */
  mcpResource: string;
  /** Resource identifier of the auth server's API. */
  apiResource: string;
  clientSecret: string;
  atRestKey: AtRestKey;
  /** Connection string of the app role. */
  databaseUrl: string;
  temporal: { address: string; namespace: string };
  allowedHosts: readonly string[];
  /** The language model that answers; undefined means the offline planner. */
  model: ModelSettings | undefined;
  demoMode: boolean;
  /** Folder of the built web app. */
  webRoot: string;
  dashboardUrl: string;
  version: string;
  logger: Logger;
}
