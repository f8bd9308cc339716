import type { ToolCallView } from '../../../api/contract/chat.ts';
import type { Tone } from '../../ui/tone.ts';

/** How a call stands, in one or two words. Each status has words and a colour of its own. */
export function callStatusLabel({
  status,
  authorization_error: error,
  waits_for_freeze_end: frozen,
}: Pick<ToolCallView, 'status' | 'authorization_error' | 'waits_for_freeze_end'>): { text: string; tone: Tone } {
  switch (status) {
    case 'proposed':
      return { text: 'proposed', tone: 'neutral' };
    case 'parked':
      if (frozen === true) return { text: 'waiting for the freeze to end', tone: 'wait' };
      return {
        text: error?.approval_type === 'self' ? 'waiting for your consent' : 'waiting for approval',
        tone: 'wait',
      };
    case 'ready':
      return { text: 'about to run', tone: 'accent' };
    case 'running':
      return { text: 'running', tone: 'accent' };
    case 'succeeded':
      return { text: 'done', tone: 'good' };
    case 'failed':
      return { text: 'failed', tone: 'bad' };
    case 'unknown':
      return { text: 'outcome unknown', tone: 'bad' };
    case 'denied':
      return { text: 'denied', tone: 'bad' };
    case 'expired':
      return { text: 'unanswered', tone: 'gone' };
    case 'cancelled':
      return { text: 'cancelled', tone: 'pulled' };
    case 'superseded':
      return { text: 'replaced', tone: 'pulled' };
    case 'scope_unavailable':
      return { text: 'permission unavailable', tone: 'bad' };
  }
}
