import { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';

/** Where a page ended: the keyset of its last row. */
export interface Cursor {
  at: Date;
  id: string;
}

/** What the database takes as text. */
const textSchema = z.string().refine((text) => !text.includes('\u0000') && !text.includes('\ufffd'));
const cursorSchema = z.tuple([z.iso.datetime(), textSchema]);

/** The opaque form of a {@link Cursor}. */
export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');
}

/** Reads a cursor that {@link encodeCursor} made. @throws {DomainError} `invalid_request` */
export function decodeCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [at, id] = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { at: new Date(at), id };
  } catch (cause) {
    throw notOurs(cause);
  }
}

/** The opaque form of a place in a list that is sorted by a text. */
export function encodeTextCursor(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Reads a cursor that {@link encodeTextCursor} made. @throws {DomainError} `invalid_request` */
export function decodeTextCursor(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const read = textSchema.safeParse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!read.success) throw notOurs(read.error);
  return read.data;
}

function notOurs(cause: unknown): DomainError {
  return new DomainError('invalid_request', 'The cursor is not one of ours. Start from the first page.', { cause });
}
