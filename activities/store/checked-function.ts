import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { DomainError, domainErrorCodes, type DomainErrorCode } from '../../workflows/domain/errors.ts';
import type { DbOrTrx } from './connect.ts';

/** How the owner's functions refuse: SQLSTATE CS001 with one of our codes as message. */
const refusalSchema = z.object({ code: z.literal('CS001'), message: z.enum(domainErrorCodes) });

const texts: Partial<Record<DomainErrorCode, string>> = {
  grants_frozen: 'All elevated grants are frozen already.',
  insufficient_scope: 'The grant behind this call is no longer alive.',
  last_admin:
    'This is the last admin: nobody could decide or undo anything afterwards. Make somebody else an admin first.',
  not_admin: 'Only admins may do this.',
  not_found: 'There is nobody of that address or id.',
  own_account: 'Nobody changes their own roles or disables themselves. Another admin has to.',
};

/**
 * Runs one of the owner's functions, which check for themselves whether they may (migration 0010).
 *
 * @throws {DomainError} with the code that the function refused with.
 */
export async function runChecked<T>(db: DbOrTrx, call: RawBuilder<T>): Promise<T> {
  try {
    const { rows } = await sql<{ result: T }>`select ${call} as result`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error('a function answered nothing');
    return row.result;
  } catch (error) {
    const refusal = refusalSchema.safeParse(error);
    if (!refusal.success) throw error;
    const { message: code } = refusal.data;
    throw new DomainError(code, texts[code] ?? 'The database refused this.', { cause: error });
  }
}
