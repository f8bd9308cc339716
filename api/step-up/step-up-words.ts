import type { StepUpCoolDown } from '../../activities/store/step-up-cool-down.ts';
import type { ScopeRequest } from '../../activities/store/requests.ts';
import { endSentence } from '../../workflows/domain/end-sentence.ts';
import { forAnother } from '../../workflows/domain/for-another.ts';

/** To the client, of a person who withdrew what it asked for. */
export const withdrawnWords = 'the person withdrew the request';

/** Why nothing was granted, to the person themself. @param why as the client is told. Pure. */
export function nothingGranted(why: string): string {
  return `Nothing was granted: ${endSentence(why === withdrawnWords ? 'you withdrew it' : why)}`;
}

/** How a request came to nothing, as its client is told and shows it to the person. Pure. */
export function refusalWords(
  request: Pick<ScopeRequest, 'status' | 'scopes' | 'subject' | 'decided_by' | 'decision_note'>,
  frozen: boolean,
): string {
  const scopes = listed(request.scopes);
  const were = wereOf(request.scopes);
  switch (request.status) {
    case 'denied': {
      const { decided_by: by, subject } = request;
      const who = by === null ? 'the policy' : by === subject ? 'the person' : 'an approver';
      return `${who} denied ${scopes}${because(request.decision_note)}`;
    }
    case 'expired':
      return `nobody decided about ${scopes} in time: the request has expired`;
    case 'cancelled':
      return `the request for ${scopes} was withdrawn`;
    case 'approved':
      return frozen
        ? `${scopes} ${were} approved, but does not count while grants are frozen`
        : `${scopes} ${were} approved, but the grant has ended since`;
    case 'requested':
    case 'pending':
      return `${scopes} ${request.scopes.length > 1 ? 'have' : 'has'} not been decided yet`;
    default:
      return request.status satisfies never;
  }
}

/** The earlier answer again, and how long it still stands. Pure. */
export function coolDownWords(answer: StepUpCoolDown, now: Date): string {
  const scopes = listed(answer.refused);
  const were = wereOf(answer.refused);
  const asked = `nobody is asked again ${forAnother(answer.until, now)}`;
  switch (answer.status) {
    case 'denied':
      return `${scopes} ${were} denied${because(answer.reason)} (${asked})`;
    case 'expired':
      return `nobody decided about ${scopes} in time: the request has expired (${asked})`;
    case 'approved':
      return `${scopes} ${were} left out of what was approved${because(answer.reason)} (${asked})`;
    default:
      return answer.status satisfies never;
  }
}

function listed(scopes: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(scopes);
}

function wereOf(scopes: readonly string[]): 'was' | 'were' {
  return scopes.length > 1 ? 'were' : 'was';
}

function because(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${reason}`;
}
