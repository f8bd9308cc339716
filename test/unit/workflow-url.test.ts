import { describe, expect, it } from 'vitest';
import { workflowUrl } from '../../api/approvals/workflow-url.ts';

const day = 24 * 3_600_000;
const now = new Date('2026-06-01T00:00:00Z');
const ago = (days: number): Date => new Date(now.getTime() - days * day);
const ui = { url: 'http://localhost:8233', namespace: 'default' };
const link = (decidedDaysAgo: number | null, grant?: { ended_at: Date | null; expires_at: Date }): string | null =>
  workflowUrl(
    ui,
    { request_id: 'req_1', decided_at: decidedDaysAgo === null ? null : ago(decidedDaysAgo) },
    grant,
    now,
  );

describe('the link to a request’s history', () => {
  it('is there while the workflow runs, and for 90 days after its end (RULES 29)', () => {
    expect(link(null)).toBe('http://localhost:8233/namespaces/default/workflows/scope-upgrade%3Areq_1');
    expect(link(89.9)).not.toBeNull();
    expect(link(90)).toBeNull();
  });

  it('counts from the end of the grant, where there is one', () => {
    expect(link(100, { ended_at: null, expires_at: ago(1) })).not.toBeNull();
    expect(link(100, { ended_at: ago(91), expires_at: ago(1) })).toBeNull();
    expect(link(100, { ended_at: null, expires_at: ago(90) })).toBeNull();
  });

  it('is not there without a UI', () => {
    expect(workflowUrl(undefined, { request_id: 'req_1', decided_at: null }, undefined, now)).toBeNull();
  });
});
