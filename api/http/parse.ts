import type { Request } from 'express';
import type { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';

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
  return schema.parse(body ?? {});
}

/** Reads the query; a parameter given twice is an array, which schemas of single values refuse. */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, request: Request): z.output<Schema> {
  return schema.parse(request.query);
}

/** A named part of the path. @throws {DomainError} `not_found` for what no id of ours looks like. */
export function pathId(request: Request, name = 'id'): string {
  const value = request.params[name];
  if (typeof value !== 'string' || !/^[\w:.-]{1,128}$/.test(value)) {
    throw new DomainError('not_found', 'There is nothing of that name.');
  }
  return value;
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}
