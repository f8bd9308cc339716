import type { AuditEntryView } from '../../../api/contract/audit.ts';

const telling = ['tool', 'outcome', 'code', 'what', 'note', 'version', 'verdict', 'reason'] as const;
const longest = 120;

/** What of an entry's details belongs on its line. Pure. */
export function gist({ data }: Pick<AuditEntryView, 'data'>): string {
  const parts = telling.flatMap((name) => {
    const value = data[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  const text = parts.join(' · ');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
