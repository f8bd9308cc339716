import type { Request } from 'express';
import { findChatSignIn } from '../../activities/store/chat-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPerson, type Account } from '../../activities/store/people.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { signInIdOf, type ChatCookies } from './chat-cookie.ts';

/** Who is signed in at the chat app. */
export interface ChatCaller {
  person: Account;
  signInId: string;
}

/** Reads who is calling, or undefined: no cookie, an ended sign-in, a disabled account. */
export async function findChatCaller(
  deps: { db: Db; now: () => Date },
  cookies: ChatCookies,
  request: Request,
): Promise<ChatCaller | undefined> {
  const secret = cookies.signIn.read(request);
  if (secret === undefined) return undefined;
  const signIn = await findChatSignIn(deps.db, signInIdOf(secret), deps.now());
  if (signIn === undefined) return undefined;
  const person = await findPerson(deps.db, signIn.subject);
  return person === undefined || person.disabled ? undefined : { person, signInId: signIn.sign_in_id };
}

/** Reads who is calling. @throws {DomainError} `not_signed_in` */
export async function chatCaller(
  deps: { db: Db; now: () => Date },
  cookies: ChatCookies,
  request: Request,
): Promise<ChatCaller> {
  const caller = await findChatCaller(deps, cookies, request);
  if (caller === undefined) throw new DomainError('not_signed_in', 'Sign in first.');
  return caller;
}
