import { heldScopes } from '../../activities/store/grants.ts';
import { findStepUp, insertStepUp } from '../../activities/store/step-ups.ts';
import { askedOf } from '../oauth/approval-prompt.ts';
import { parseScope } from '../../workflows/domain/scopes.ts';
import type { CallerPerson } from '../sessions/caller.ts';
import { answerAtOnce, askForStepUp } from './ask.ts';
import { goOn, type Interaction, type StepUpDeps, type StepUpResult } from './deps.ts';

/**
 * Begins what an authorization request of a client waits for. Coming back to one that has begun changes nothing.
 *
 * @returns the answer to the client where there is one at once; `undefined` where the person waits for it.
 */
export async function beginStepUp(
  deps: StepUpDeps,
  interaction: Interaction,
  person: CallerPerson,
): Promise<StepUpResult | undefined> {
  const { uid, params } = interaction;
  const { subject } = person;
  if ((await findStepUp(deps.db, { uid, subject })) !== undefined) return undefined;
  const clientId = String(params['client_id']);
  // Something may have been granted since the prompt was made.
  const held = await heldScopes(deps.db, { subject, clientId }, deps.now());
  const scopes = askedOf(interaction.prompt).filter((scope) => !held.includes(scope));
  if (scopes.length === 0) return goOn;
  const asked = await askForStepUp(deps, { person, clientId }, scopes);
  if (asked.kind === 'answered') return answerAtOnce(asked, { named: parseScope(params['scope']), held });
  await insertStepUp(deps.db, {
    uid,
    subject,
    client_id: clientId,
    redirect_uri: typeof params['redirect_uri'] === 'string' ? params['redirect_uri'] : null,
    scopes,
    request_ids: asked.kind === 'waits' ? asked.requestIds : [],
    begun_at: deps.now(),
    expires_at: new Date(interaction.exp * 1_000),
  });
  return undefined;
}
