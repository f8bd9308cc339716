import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { MintClient } from '../../activities/mint/mint-client.ts';
import type { ClientDocuments } from '../../activities/store/client-documents.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import type { GuardedFetch } from '../http/guarded-fetch.ts';
import type { StepUpAsker } from '../step-up/asker.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import type { GuessLimit } from './guess-limit.ts';

/** What the authorization server is made of. */
export interface OAuthDeps {
  issuer: string;
  /** Resource identifier of the API here. */
  apiResource: string;
  /** Resource identifier of the tools. */
  mcpResource: string;
  /** The chat app's address; its callback is `/auth/callback`. */
  chatUrl: string;
  chatClientSecret: string;
  /** Of the client `countersign-mcp-server`. */
  mcpServerSecret: string;
  /** Private half of the key that signs base tokens and ID tokens. */
  basePrivateJwk: JWK;
  /** Public half of the mint's key. */
  mintPublicJwk: JWK;
  /** Secrets that sign the provider's cookies, the newest first. */
  cookieKeys: readonly string[];
  db: Db;
  payloads: OidcPayloads;
  /** What clients that somebody lets act for them said about themselves. */
  documents: ClientDocuments;
  sessions: BrowserSessions;
  /** Bounds guessing of devices' codes. */
  guesses: GuessLimit;
  mint: Pick<MintClient, 'sign'>;
  /** Fetches what clients say about themselves from addresses that they name. */
  clientFetch: GuardedFetch;
  /** Asks for what a client's request lacks. */
  asker: StepUpAsker;
  now: () => Date;
  logger: Logger;
}
