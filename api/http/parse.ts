import type { Request } from 'express';
import type { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';
import { wordIssue } from './word-issue.ts';

/**
 * Reads the JSON or form body; an empty one means no fields.
 *
 * @throws {z.ZodError} which the problem handler answers as `invalid_request`.
 * @throws {DomainError} `unsupported_media_type` for a body of another kind.
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, request: Request): z.output<Schema> {
  const body: unknown = request.body;
  if (body === undefined && hasBody(request)) {
    throw new DomainError(
      'unsupported_media_type',
      'Send JSON (application/json) or a form (application/x-www-form-urlencoded).',
    );
  }
  refuseUnstorable(body, 0);
  return schema.parse(body ?? {}, { error: wordIssue });
}

/** Reads the query; a parameter given twice is an array, which schemas of single values refuse. */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, request: Request): z.output<Schema> {
  refuseUnstorable(request.query, 0);
  return schema.parse(request.query, { error: wordIssue });
}

/** A named part of the path. @throws {DomainError} `not_found` for what no id of ours looks like. */
export function pathId(request: Request, name = 'id'): string {
  const value = request.params[name];
  if (typeof value !== 'string' || !/^[\w:.-]{1,128}$/.test(value)) {
    throw new DomainError('not_found', 'There is nothing of that name.');
  }
  return value;
}

/** A client's id in the path: an id of ours, or the address of its metadata document. @throws {DomainError} `not_found` */
export function clientIdOf(request: Request): string {
  const value = request.params['id'];
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,2048}$/.test(value)) {
    throw new DomainError('not_found', 'There is nothing of that name.');
  }
  return value;
}

const maxDepth = 32;

/** What no database column holds, or no reader could make sense of, is refused before it goes anywhere. */
function refuseUnstorable(value: unknown, depth: number): void {
  if (depth > maxDepth) throw new DomainError('invalid_request', `Nest the body at most ${maxDepth} levels deep.`);
  if (typeof value === 'string') refuseUnstorableText(value);
  // Such as 1e400, which is read as infinite.
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new DomainError('invalid_request', 'A number is too large: send numbers that fit a double.');
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    refuseUnstorableText(key);
    // Copying such a member would change what it is a member of, and not show it.
    if (key === '__proto__') throw new DomainError('invalid_request', 'A member must not be named __proto__.');
    refuseUnstorable(part, depth + 1);
  }
}

function refuseUnstorableText(text: string): void {
  if (text.includes('\u0000')) {
    throw new DomainError('invalid_request', 'Text must not contain the character U+0000.');
  }
  if (!text.isWellFormed()) {
    throw new DomainError('invalid_request', 'Text must be Unicode: it holds half of a surrogate pair.');
  }
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}
