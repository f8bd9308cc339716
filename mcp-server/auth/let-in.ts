import type { FetchLikeMcpHandler } from '@modelcontextprotocol/node';
import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import { problemResponse, uncheckable } from '../http/problem.ts';
import type { Authority, Log, NamedCall, RefusedTokens, Standing } from '../ports.ts';
import { presentedOf, type PresentedToken } from './authenticate.ts';
import { Caller } from './caller.ts';
import { readMessage } from './read-message.ts';
import { recordNotRun } from './record-left-over.ts';
import { refuseLargeBatch } from './refuse-large-batch.ts';
import { tokenChallenge } from './token-challenge.ts';
import type { ToolScopes } from './tool-scopes.ts';

/** What {@link letIn} needs. */
interface LetInOptions {
  authority: Pick<Authority, 'standing' | 'audit'>;
  resource: string;
  resourceMetadataUrl: string;
  refusals: RefusedTokens;
  logger: Log;
  /** Of the tools whose calls are named when their caller is asked about. */
  toolScopes: ToolScopes | undefined;
}

/**
 * Lets requests of verified tokens through to an MCP handler whose accounts are open and whose sign-ins go on, and attaches
 * the caller. The request has been read by then, so that one that calls a tool is named in the same question: whoever
 * is asked may judge and record the call with it.
 *
 * A token that is good no more is 401; when nobody can be asked it is 503.
 */
export function letIn(handler: FetchLikeMcpHandler, options: LetInOptions): FetchLikeMcpHandler {
  const { authority, resource, resourceMetadataUrl, refusals, logger, toolScopes } = options;
  return {
    fetch: async (request, given = {}) => {
      const presented = presentedOf(given.authInfo);
      const { message, forward } = await readMessage(request, given.parsedBody);
      const tooLarge = refuseLargeBatch(message);
      if (tooLarge !== undefined) return tooLarge;
      let call: NamedCall | undefined;
      try {
        call = toolScopes?.callIn(message, resource);
      } catch (error) {
        if (error instanceof DomainError) return problemResponse('invalid_request', error.message);
        throw error;
      }
      let standing: Standing;
      try {
        standing = await standingOf(authority, presented, call);
      } catch (error) {
        if (!(error instanceof OAuthError)) {
          logger.error({ err: error }, 'the account of a token could not be looked up');
          return uncheckable();
        }
        await refusals.record(error.message);
        return tokenChallenge(error, { resourceMetadataUrl, authorization: request.headers.get('authorization') });
      }
      const caller = new Caller(standing, presented.verified, presented.text);
      const authInfo = { ...given.authInfo, extra: { caller } } as NonNullable<typeof given.authInfo>;
      try {
        return await handler.fetch(forward, {
          ...given,
          authInfo,
          ...(message === undefined ? {} : { parsedBody: message }),
        });
      } finally {
        // Refused before anything looked at its call, such as for a header.
        const left = caller.judged?.leftOver();
        if (left !== undefined) {
          const permit = { ...left, caller, begun: Promise.resolve(true), synced: true };
          await recordNotRun({ authority, logger }, [permit]);
        }
      }
    },
  };
}

/** @throws {OAuthError} when the token is good no more */
async function standingOf(
  authority: Pick<Authority, 'standing'>,
  { text: token, verified }: PresentedToken,
  call: NamedCall | undefined,
): Promise<Standing> {
  const { subject, clientId, issuedAt, signIn, scopes } = verified;
  const standing = await authority.standing({
    token,
    subject,
    clientId,
    issuedAt: new Date(issuedAt * 1_000),
    signIn,
    jti: scopes.some(isElevated) ? verified.jti : undefined,
    ...(call === undefined ? {} : { call }),
  });
  if (standing === undefined || standing.person.disabled)
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'The account of this token is not open.');
  if (standing.ended) throw new OAuthError(OAuthErrorCode.InvalidToken, 'The sign-in of this token has ended.');
  return standing;
}
