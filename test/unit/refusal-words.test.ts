import { expect, test } from 'vitest';
import { because } from '../../mcp-server/authorization/still-refused.ts';

test.each([
  [null, '.'],
  ['not for apps', ': not for apps.'],
  ['Not today.', ': Not today.'],
  ['Why?', ': Why?'],
])('the reason %j ends a sentence once', (reason, words) => {
  expect(because(reason)).toBe(words);
});
