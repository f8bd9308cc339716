import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { listInWords } from '../../lib/list-in-words.ts';

/**
 * Why policy sent a request where it is, in sentences: one for each scope, of the rules that judged it. An empty list
 * means that nothing is known, as before policy has looked.
 */
export function whyHere(detail: Pick<RequestDetail, 'request' | 'scopes'>): string[] {
  const { rule } = detail.request;
  if (rule === null) return [];
  if (rule.startsWith('deny[')) return [`Policy forbids it before anything else: rule ${rule}.`];
  if (rule === 'account.disabled') return ['The requester’s account is disabled.'];
  if (rule === 'builtin.unverified_client') {
    return [
      'The policy gives this to the requester at once. As its risk is high or critical and nobody has verified the client, they confirm it themselves.',
    ];
  }
  return detail.scopes.map(sentence);
}

function sentence({ scope, granted_at_once_to, otherwise, approvers }: RequestDetail['scopes'][number]): string {
  const nobody = granted_at_once_to.length === 0;
  const atOnce = nobody
    ? `Nobody is given ${scope} at once`
    : `${scope} is given at once only to ${listInWords(granted_at_once_to, 'or')}`;
  switch (otherwise) {
    case 'admin':
      return approvers.length === 0
        ? `${atOnce}; nobody is an approver of it.`
        : `${atOnce}; ${nobody ? '' : 'for all others '}somebody else has to approve it, with the role ${listInWords(approvers, 'or')}.`;
    case 'self':
      return `${atOnce}; ${nobody ? 'everybody' : 'anybody else'} needs their own fresh consent.`;
    case 'forbidden':
      return `${atOnce}; ${nobody ? '' : 'to anybody else '}it is forbidden.`;
  }
}
