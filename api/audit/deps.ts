import type { Logger } from 'pino';
import type { Db } from '../../activities/store/connect.ts';

/** What reading the audit table takes. */
export interface AuditDeps {
  db: Db;
  now: () => Date;
  logger: Logger;
}
