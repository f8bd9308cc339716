import type { StepUpView } from '../../../api/contract/step-ups.ts';

/** Whose word is waited for, as a sentence. Pure. */
export function whoDecides({ scopes, status }: Pick<StepUpView, 'scopes' | 'status'>): string {
  const waiting = scopes.filter(({ held }) => !held);
  const roles = [...new Set(waiting.flatMap(({ approvers }) => approvers))];
  const others =
    roles.length === 0
      ? ''
      : `${status === 'unasked' ? 'It will be decided' : 'It is decided'} by somebody else with the role ${list(roles)}, never by you.`;
  const own = waiting.filter(({ decided_by: by }) => by === 'self').map(({ scope }) => scope);
  const yours = own.length === 0 ? '' : `${list(own, 'and')} is yours to decide, on the consent page.`;
  const sentences = [yours, others].filter((sentence) => sentence !== '');
  return sentences.length === 0 ? 'The policy decides in a moment.' : sentences.join(' ');
}

function list(words: readonly string[], last = 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
