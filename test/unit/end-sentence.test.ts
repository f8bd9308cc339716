import { expect, it, test } from 'vitest';
import { askedInWords } from '../../api/oauth/asked-scopes.ts';
import { stepUpAnswerPage } from '../../api/step-up/answer-page.ts';
import { nothingGranted, withdrawnWords } from '../../api/step-up/step-up-words.ts';
import { endSentence } from '../../workflows/domain/end-sentence.ts';

it.each([
  ['Not this way', 'Not this way.'],
  ['Not this way.', 'Not this way.'],
  ['Not this way. ', 'Not this way.'],
  ['Why?', 'Why?'],
  ['Not “this way.”', 'Not “this way.”'],
  ['an approver denied x (nobody is asked again)', 'an approver denied x (nobody is asked again).'],
])('%j ends once: %j', (words, sentence) => {
  expect(endSentence(words)).toBe(sentence);
});

test('the page on the way back ends a reason once', () => {
  const stepUp = { client_id: 'app', redirect_uri: null } as Parameters<typeof stepUpAnswerPage>[0]['stepUp'];
  const result = { error: 'access_denied', error_description: 'an approver denied read:files: Not this way.' };
  const page = stepUpAnswerPage({ client: undefined, stepUp, result }, '/interaction/x/continue');
  expect(page).toContain('read:files: Not this way.');
  expect(page).not.toContain('way..');
});

test('a scope whose description is a sentence is described by one', () => {
  const asked = { scope: 'read:files', risk: 'low', description: 'Read files.', how: 'held' } as const;
  expect(askedInWords(asked)).toBe('read:files (low risk): Read files. It holds this already.');
});

test('says to the person themself that they withdrew it', () => {
  expect(nothingGranted(withdrawnWords)).toBe('Nothing was granted: you withdrew it.');
  expect(nothingGranted('an approver denied it')).toBe('Nothing was granted: an approver denied it.');
});
