import type { ApiAnswer } from '../../activities/chat/auth-server.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { problemSchema } from '../contract/problem.ts';

/** Hands on what the auth server answered; its problems are ours. @throws {DomainError} */
export function unwrap(answer: ApiAnswer): ApiAnswer {
  if (answer.status < 400) return answer;
  const problem = problemSchema.safeParse(answer.body).data;
  if (problem === undefined) {
    throw new DomainError(
      'temporarily_unavailable',
      'The authorization server did not answer as expected. Try again in a moment.',
    );
  }
  const { type: _type, title: _title, status: _status, code, detail, ...details } = problem;
  throw new DomainError(code, detail, { details });
}
