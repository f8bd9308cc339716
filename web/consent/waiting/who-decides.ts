import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { listInWords } from '../../lib/list-in-words.ts';

/** Whose word is waited for, as a sentence. Pure. */
export function whoDecides({ scopes, status }: Pick<StepUpView, 'scopes' | 'status'>): string {
  const waiting = scopes.filter(({ held }) => !held);
  const roles = [...new Set(waiting.flatMap(({ approvers }) => approvers))];
  const own = waiting.filter(({ decided_by: by }) => by === 'self').map(({ scope }) => scope);
  const theirs = waiting.filter(({ decided_by: by }) => by === 'approvers').map(({ scope }) => scope);
  const subject = own.length === 0 ? 'It' : listInWords(theirs);
  const tense = status === 'unasked' ? 'will be' : own.length > 0 && theirs.length > 1 ? 'are' : 'is';
  const others =
    roles.length === 0
      ? ''
      : `${subject} ${tense} decided by somebody else with the role ${listInWords(roles, 'or')}, never by you.`;
  const yours =
    own.length === 0
      ? ''
      : `${listInWords(own)} ${own.length > 1 ? 'are' : 'is'} yours to decide, on the consent page.`;
  const sentences = [yours, others].filter((sentence) => sentence !== '');
  return sentences.length === 0 ? 'The policy decides in a moment.' : sentences.join(' ');
}
