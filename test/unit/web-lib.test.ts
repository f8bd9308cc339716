import { describe, expect, it } from 'vitest';
import { ApiError, askAgainMs, isNotSignedIn, toApiError } from '../../web/lib/api-error.ts';
import { formatAge, formatRemaining } from '../../web/lib/format-time.ts';
import { parseLiveEvent } from '../../web/lib/parse-live-event.ts';
import { localPathOr } from '../../web/lib/local-path.ts';
import { shownConnection } from '../../web/consent/shown-connection.ts';
import { observeServerTime, serverNow } from '../../web/lib/server-clock.ts';

describe('formatRemaining', () => {
  it.each([
    [-5, '00:00'],
    [59_999, '00:59'],
    [3_599_999, '59:59'],
    [3_600_000, '1 h 0 min'],
    [86_399_999, '23 h 59 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatRemaining(milliseconds)).toBe(text);
  });
});

describe('formatAge', () => {
  it.each([
    [59_000, 'just now'],
    [60_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [172_800_000, '2 d ago'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatAge(milliseconds)).toBe(text);
  });
});

describe('the server clock', () => {
  it('follows the server, whatever this machine believes', () => {
    observeServerTime('2026-01-01T00:00:10.000Z', Date.parse('2026-01-01T00:00:00.000Z'));
    expect(serverNow(Date.parse('2026-01-01T00:05:00.000Z'))).toBe(Date.parse('2026-01-01T00:05:10.000Z'));
    observeServerTime('not a time', 0);
    expect(serverNow(0)).toBe(10_000);
    observeServerTime(new Date(0).toISOString(), 0);
  });
});

describe('localPathOr', () => {
  it.each(['/', '/dashboard/requests/x?y=1#z', '/interaction/abc'])('keeps %s', (path) => {
    expect(localPathOr(path, '/fallback')).toBe(path);
  });
  it.each([
    null,
    undefined,
    '',
    'dashboard',
    '//evil.example',
    '/\\evil.example',
    '/a\nb',
    'https://evil.example',
    '/\t/x',
  ])('refuses %j', (path) => {
    expect(localPathOr(path, '/fallback')).toBe('/fallback');
  });
});

describe('toApiError', () => {
  it('keeps code, words and extension members of a problem document', () => {
    const error = toApiError(409, {
      code: 'already_decided',
      detail: 'Denied by somebody.',
      status: 409,
      request: 'r1',
    });
    expect(error).toMatchObject({ code: 'already_decided', status: 409, message: 'Denied by somebody.' });
    expect(error.problem['request']).toBe('r1');
  });
  it('has words for answers without a document', () => {
    expect(toApiError(502, undefined)).toMatchObject({ code: 'unexpected_answer', status: 502 });
    expect(isNotSignedIn(toApiError(401, undefined))).toBe(true);
    expect(isNotSignedIn(toApiError(403, { code: 'not_approver' }))).toBe(false);
  });
});

describe('parseLiveEvent', () => {
  it('reads what the contract names and ignores the rest', () => {
    expect(parseLiveEvent('{"position":"7","kind":"request","id":"r1"}')).toEqual({
      position: '7',
      kind: 'request',
      id: 'r1',
    });
    for (const data of ['{"now":"x"}', '{"kind":"comet","id":"r1"}', '{"kind":"request"}', 'null', 'oops']) {
      expect(parseLiveEvent(data)).toBeUndefined();
    }
  });
});

describe('asking who is signed in', () => {
  it('stops when nobody is, and goes on through every other failure', () => {
    expect(askAgainMs(new ApiError('not_signed_in', 401, 'no'), 5_000)).toBe(false);
    expect(askAgainMs(null, 5_000)).toBe(5_000);
    expect(askAgainMs(new ApiError('offline', 0, 'gone'), 5_000)).toBe(5_000);
  });
});

describe('what is said of the connection', () => {
  const none = { error: null, failureReason: null };
  const silent = new ApiError('offline', 0, 'gone');
  it('is lost with the stream, and from the first failed answer on', () => {
    expect(shownConnection('lost', none)).toBe('lost');
    expect(shownConnection('live', { error: null, failureReason: silent })).toBe('lost');
    expect(shownConnection('live', { error: toApiError(503, undefined), failureReason: null })).toBe('lost');
    expect(shownConnection('live', none)).toBe('live');
  });
  it('is not lost by a refusal, nor where nobody is signed in', () => {
    const refused = toApiError(404, { code: 'not_found' });
    expect(shownConnection('live', { error: refused, failureReason: refused })).toBe('live');
    expect(shownConnection('lost', { error: toApiError(401, undefined), failureReason: null })).toBe('connecting');
  });
});
