import { chatClientId, dashboardClientId, mcpServerClientId } from '../../workflows/domain/clients.ts';
import type { ClientView } from '../contract/clients.ts';

/**
 * What blocking a client means. The dashboard cannot be blocked: it is where a block is lifted, and its power is its
 * people's sign-ins, which can be ended. The chat can, by somebody who says so twice: nobody can use it meanwhile.
 */
export function blockingOf(clientId: string): ClientView['blocking'] {
  if (clientId === dashboardClientId) {
    return {
      allowed: false,
      needs_confirmation: false,
      means:
        'The dashboard cannot be blocked: blocks are lifted in it. End the sessions of the people concerned, or freeze all elevated grants.',
    };
  }
  const common = 'It gets no token, its elevated calls are refused at once, and nothing is granted to it.';
  if (clientId === chatClientId) {
    return {
      allowed: true,
      needs_confirmation: true,
      means: `${common} Nobody can sign in to the chat or work in it until it is unblocked; parked calls stay parked.`,
    };
  }
  if (clientId === mcpServerClientId) {
    return {
      allowed: true,
      needs_confirmation: true,
      means: 'The tools can ask for nothing and decide nothing for anybody until it is unblocked; calls go on.',
    };
  }
  return {
    allowed: true,
    needs_confirmation: false,
    means: `${common} What it holds counts again once it is unblocked.`,
  };
}
