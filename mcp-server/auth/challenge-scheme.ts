import { dpopAlgorithms, presentedToken } from '../../activities/tokens/dpop-proof.ts';

/**
 * The headers of a refusal with its challenge in the scheme that the client used: the SDK knows Bearer alone. A client that
 * binds its tokens to a key is told the algorithms that are taken (RFC 9449 section 7.1).
 *
 * @param authorization the header of the request
 */
export function inSchemeOf(authorization: string | null | undefined, headers: Headers): Headers {
  const answered = new Headers(headers);
  const challenge = answered.get('www-authenticate');
  if (challenge === null || presentedToken(authorization ?? undefined)?.scheme !== 'DPoP') return answered;
  answered.set('www-authenticate', `${challenge.replace(/^Bearer\b/i, 'DPoP')}, algs="${dpopAlgorithms.join(' ')}"`);
  return answered;
}
