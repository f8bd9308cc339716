import type { Response } from 'express';
import { problemOf } from './problem.ts';

/** Answers an Express request with a problem document. */
export function sendProblem(response: Response, code: Parameters<typeof problemOf>[0], detail: string): void {
  const { status, headers, body } = problemOf(code, detail);
  response.status(status).set(headers).send(JSON.stringify(body));
}
