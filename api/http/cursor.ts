import { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';

/** Where a page ended: the keyset of its last row. */
export interface Cursor {
  at: Date;
  id: string;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

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
    throw new DomainError('invalid_request', 'The cursor is not one of ours. Start from the first page.', { cause });
  }
}
