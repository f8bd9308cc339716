import type { Db } from '../store/connect.ts';
import type { AuthServer } from './auth-server.ts';
import type { TokenSource } from './token-source.ts';
import type { TokensAhead } from './tokens-ahead.ts';
import type { ToolServer } from './tool-server.ts';

/** What running a tool call needs. */
export interface CallDeps {
  db: Db;
  server: ToolServer;
  tokens: TokenSource;
  ahead: Pick<TokensAhead, 'parked'>;
  authServer: AuthServer;
  /** The tool server's resource identifier. */
  resource: string;
  now: () => Date;
}
