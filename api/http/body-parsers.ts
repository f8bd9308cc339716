import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { DomainError } from '../../workflows/domain/errors.ts';

/**
 * JSON and forms, up to 64 kB. Compressed bodies are 415: nobody needs them at this size, and one that unpacks to a
 * gigabyte is never unpacked.
 */
export function bodyParsers(): RequestHandler[] {
  const shared = { limit: '64kb', inflate: false };
  return [
    express.json({
      ...shared,
      verify: (_request, _response, body, encoding) => {
        if (encoding === 'utf-8' && !isUtf8(body)) throw notUtf8();
      },
    }),
    express.urlencoded({
      ...shared,
      extended: false,
      verify: (_request, _response, body) => {
        if (!isUtf8(body) || !isReadable(body.toString('utf8'))) throw notUtf8();
      },
    }),
  ];
}

/** Whether what is percent-encoded in it is UTF-8 and complete. */
export function isReadable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Decoding would put U+FFFD in the place of what was sent, unseen. */
function notUtf8(): DomainError {
  return new DomainError('invalid_request', 'The request body is not UTF-8.');
}
