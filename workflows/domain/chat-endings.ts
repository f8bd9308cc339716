/** How a call ended that will not run, with what there is to say about it. */
export type CallEnding =
  | { status: 'denied'; tool: string; by: string | null; reason: string | null }
  | { status: 'expired'; tool: string }
  /** `note` says who else ended it; without one it was the person. */
  | { status: 'cancelled'; tool: string; note: string | null }
  | { status: 'scope_unavailable'; tool: string; reason: string | null }
  | { status: 'unknown'; tool: string };

/**
 * A person's words for the middle of a sentence that is read as Markdown: they stay as they were typed, on one line. An
 * e-mail address may become the link that it is. Pure.
 */
export function plainWords(words: string): string {
  return words
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_~[\]<>&|#!]|:(?=\/\/)|(?<=www)\./gi, '\\$&');
}

/** What the conversation says about such an end. Each reads differently: silence is not refusal, refusal is not failure. */
export function endingText(ending: CallEnding): string {
  switch (ending.status) {
    case 'denied': {
      const who = ending.by ?? 'The policy';
      const why = ending.reason === null || ending.reason === '' ? '' : ` Reason given: “${plainWords(ending.reason)}”`;
      return `${who} denied the request, so \`${ending.tool}\` was not run.${why}`;
    }
    case 'expired':
      return `Nobody answered in time, so the request for \`${ending.tool}\` expired. This is not a refusal, and nothing was run.\n\nYou can ask again with one click.`;
    case 'cancelled':
      if (ending.note !== null) return `\`${ending.tool}\` was not run: ${plainWords(ending.note)}`;
      return `You withdrew the request for \`${ending.tool}\`. Nothing was run.\n\nAsk again whenever you need it.`;
    case 'scope_unavailable':
      return `\`${ending.tool}\` was not run: ${plainWords(ending.reason ?? 'the scope it needs was not available, even after an approval.')}`;
    case 'unknown':
      return `The connection broke while \`${ending.tool}\` was running. Whether it ran is unknown, so I do not repeat it by myself.\n\nPress Retry message if you want it run again.`;
    default:
      return ending satisfies never;
  }
}

/** Why a turn could not go on, told apart so that the person knows what to do. */
export type TurnFailure = 'not_signed_in' | 'temporarily_unavailable' | 'internal_error';

/** What the conversation says when a turn could not go on. */
export function failureText(failure: TurnFailure): string {
  switch (failure) {
    case 'not_signed_in':
      return 'Your sign-in has ended, so I cannot act for you. Sign in again and press Retry message.';
    case 'temporarily_unavailable':
      return 'The tool server or the authorization server cannot be reached right now. Nothing was run. Press Retry message in a moment.';
    case 'internal_error':
      return 'Something went wrong on our side. Nothing was run. Press Retry message; if it happens again, tell whoever runs this server.';
    default:
      return failure satisfies never;
  }
}

/** Whom a call waits for that met a missing scope: an approver, or the person's own consent. */
export function whoseDecision(call: {
  authorization_error: { approval_type: string } | null;
}): 'scope' | 'own_consent' {
  return call.authorization_error?.approval_type === 'self' ? 'own_consent' : 'scope';
}

/** What the conversation says while a call waits. */
export function parkedText(wait: {
  tool: string;
  reason: 'scope' | 'own_consent' | 'freeze' | 'sign_in' | 'unreachable';
  scopes: readonly string[];
}): string {
  switch (wait.reason) {
    case 'own_consent':
      return `\`${wait.tool}\` needs the scope \`${wait.scopes.join(' ')}\`, which you do not hold. It takes your own consent; I carry on by myself as soon as you have decided.`;
    case 'scope':
      return `\`${wait.tool}\` needs the scope \`${wait.scopes.join(' ')}\`, which you do not hold. It takes somebody’s approval; I carry on by myself as soon as it is decided.`;
    case 'freeze':
      return `\`${wait.tool}\` needs the scope \`${wait.scopes.join(' ')}\`, which does not count while everything elevated is frozen. Nobody need be asked; I carry on by myself when an admin lifts the freeze.`;
    case 'sign_in':
      return `Your sign-in has ended, so \`${wait.tool}\` waits. Sign in again and I carry on.`;
    case 'unreachable':
      return `The tool server or the authorization server cannot be reached, so \`${wait.tool}\` waits. Nothing was run. Press Retry message once they are back.`;
    default:
      return wait.reason satisfies never;
  }
}
