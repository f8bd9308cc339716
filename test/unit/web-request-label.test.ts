import { describe, expect, it } from 'vitest';
import { leftOutOf, requestLabel } from '../../web/chat/access/labels.ts';

const grant = { grant_id: 'gr_1', status: 'active' as const, expires_at: '2026-11-25T11:00:00Z' };
const scopes = ['read:user-data', 'erase:user-data'];

describe('one of one’s own requests', () => {
  it('that was approved in part says so, and which of it was not', () => {
    const request = { status: 'approved' as const, scopes, grant: { ...grant, scopes: ['read:user-data'] } };
    expect(requestLabel(request)).toEqual({ text: 'Approved in part', tone: 'accent' });
    expect(leftOutOf(request)).toEqual(['erase:user-data']);
  });

  it('that was approved whole, or not at all, is left as it is', () => {
    expect(requestLabel({ status: 'approved', scopes, grant: { ...grant, scopes } }).text).toBe('Approved');
    const denied = { status: 'denied' as const, scopes, grant: null };
    expect(requestLabel(denied).text).toBe('Denied');
    expect(leftOutOf(denied)).toEqual([]);
  });
});
