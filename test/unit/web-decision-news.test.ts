import { describe, expect, it } from 'vitest';
import type { ScopeRequestView } from '../../api/contract/scope-requests.ts';
import { decisionNews, type Sent } from '../../web/admin/request/decision-news.ts';
import { endOfRequest } from '../../web/admin/request/end-of-request.ts';
import { ApiError } from '../../web/lib/api-error.ts';

const me = 'admin@example.com';
const open = {
  status: 'pending',
  approved_by: null,
  denied_by: null,
  cancelled_by: null,
  subject_email: 'user@example.com',
} as ScopeRequestView;
const byMe: ScopeRequestView = { ...open, status: 'approved', approved_by: me };
const byAnother: ScopeRequestView = { ...open, status: 'approved', approved_by: 'other@example.com' };
const idle: Sent = { verdict: 'approve', pending: false, error: null, viewer: me };
const conflict = new ApiError('unexpected_answer', 409, 'Already decided.');
const offline = new ApiError('offline', 0, 'No answer came.');

describe('what an open decision dialog tells', () => {
  it('never says too late of a decision that is on its way', () => {
    for (const request of [open, byMe, byAnother])
      expect(decisionNews(request, { ...idle, pending: true })).toBeUndefined();
  });

  it('says too late when the answer is a conflict, or when somebody else decided', () => {
    const tooLate = { good: false, text: `Too late: approved by ${me}. Your decision changed nothing.` };
    expect(decisionNews(byMe, { ...idle, error: conflict })).toEqual(tooLate);
    expect(decisionNews(byAnother, idle)).toEqual({ good: false, text: 'Too late: approved by other@example.com.' });
    expect(decisionNews(byMe, { ...idle, verdict: 'deny' })?.text).toMatch(/^Too late/);
    expect(decisionNews(byMe, { ...idle, viewer: undefined })?.text).toMatch(/^Too late/);
    expect(decisionNews({ ...open, status: 'expired' }, idle)?.text).toMatch(/^Too late: expired/);
  });

  it("says that one's own decision counts when its answer was lost, or it was made elsewhere", () => {
    expect(decisionNews(byMe, { ...idle, error: offline })).toEqual({
      good: true,
      text: `The answer was lost, but your decision counts: approved by ${me}.`,
    });
    expect(decisionNews(byMe, idle)).toEqual({ good: true, text: `You have decided this already: approved by ${me}.` });
  });

  it('says what is wrong while nothing is decided, and else nothing', () => {
    expect(decisionNews(open, { ...idle, error: conflict })).toEqual({ good: false, text: 'Already decided.' });
    expect(decisionNews(open, idle)).toBeUndefined();
  });
});

describe('how a request was cancelled', () => {
  it.each([
    ['by its requester', 'user@example.com', 'cancelled by the requester'],
    ['by nobody who is known', null, 'cancelled by the requester'],
    ['by an admin who disabled the account', me, `cancelled by ${me}`],
  ])('names who did: %s', (_what, cancelled_by, words) => {
    expect(endOfRequest({ ...open, status: 'cancelled', cancelled_by })).toBe(words);
  });
});
