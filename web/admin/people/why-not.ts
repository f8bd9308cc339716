import type { PersonView } from '../../../api/contract/people.ts';

/** Why an action on somebody is off, in a sentence. */
export function whyNot(reason: PersonView['cannot_disable']): string | undefined {
  switch (reason) {
    case 'own_account':
      return 'This is you: another admin has to.';
    case 'last_admin':
      return 'The last admin: make somebody else an admin first.';
    case 'not_admin':
      return 'Only admins can do this.';
    case null:
      return undefined;
  }
}
