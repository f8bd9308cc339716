import { expect, it } from 'vitest';
import { goesOnByItself } from '../../web/consent/goes-on.ts';

const request = { status: 'denied', denied_by: 'user@example.com', subject_email: 'user@example.com' } as const;
const waiting = 'https://auth.example/waiting/uid';

it('goes on to the waiting page after what the person themselves decided', () => {
  expect(goesOnByItself({ request: { ...request, status: 'approved', denied_by: null }, return_url: waiting })).toBe(
    true,
  );
  expect(goesOnByItself({ request, return_url: waiting })).toBe(true);
});

it.each(['policy', 'admin@example.com'])('stays with the reason where %s denied it', (deniedBy) => {
  expect(goesOnByItself({ request: { ...request, denied_by: deniedBy }, return_url: waiting })).toBe(false);
});

it.each(['pending', 'expired', 'cancelled'] as const)('stays where it is %s', (status) => {
  expect(goesOnByItself({ request: { ...request, status, denied_by: null }, return_url: waiting })).toBe(false);
});

it.each([null, 'https://chat.example/conversations/1'])('stays where nothing waits, with the way back %s', (back) => {
  expect(goesOnByItself({ request, return_url: back })).toBe(false);
});
