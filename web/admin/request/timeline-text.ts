import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { auditText } from './labels.ts';

type Entry = RequestDetail['timeline'][number];

/** Details of an entry that people can make something of, by their names in the audit table. */
const details: Readonly<Record<string, string>> = {
  verdict: 'verdict',
  code: 'because',
  refusal: 'because',
  reason: 'reason',
  note: 'note',
  tool: 'tool',
  outcome: 'outcome',
  rule: 'rule',
};

/** What happened, and what is worth knowing about it. */
export function timelineText({ type, data }: Pick<Entry, 'type' | 'data'>): { what: string; details: string } {
  const known = Object.entries(details).flatMap(([name, label]) => {
    const value = data[name];
    return typeof value === 'string' && value !== '' ? [`${label}: ${value.replaceAll('_', ' ')}`] : [];
  });
  return { what: auditText({ type, data }), details: known.join(', ') };
}
