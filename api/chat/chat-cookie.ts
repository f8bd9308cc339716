import { createHash, randomBytes } from 'node:crypto';
import { appCookie, type AppCookie } from '../http/cookies.ts';

/** The cookies of the chat app: who is signed in, and a sign-in that is under way. */
export interface ChatCookies {
  signIn: AppCookie;
  flow: AppCookie;
}

/** See {@link ChatCookies}. */
export function chatCookies(publicUrl: string): ChatCookies {
  const secure = publicUrl.startsWith('https:');
  return { signIn: appCookie('countersign_chat', { secure }), flow: appCookie('countersign_chat_flow', { secure }) };
}

/** A new cookie secret. The database keeps its digest only. */
export function newSignInSecret(): { secret: string; signInId: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, signInId: signInIdOf(secret) };
}

/** The id of the sign-in that a cookie's secret stands for. */
export function signInIdOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
