import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { formatDuration } from '../../lib/format-duration.ts';

const usual = [15 * 60, 60 * 60, 4 * 60 * 60, 8 * 60 * 60, 24 * 60 * 60, 7 * 24 * 60 * 60];

/** How long an approval can last: some round lengths up to the maximum, and the one that is given if nothing is said. */
export function durationChoices(
  request: Pick<ScopeRequestView, 'requested_duration_seconds' | 'grant_seconds' | 'max_grant_seconds'>,
): { seconds: number; label: string }[] {
  const { requested_duration_seconds: requested, grant_seconds: given, max_grant_seconds: most } = request;
  const lengths = new Set([...usual.filter((seconds) => seconds < most), given, most]);
  return [...lengths]
    .filter((seconds) => seconds > 0)
    .sort((one, other) => one - other)
    .map((seconds) => {
      const notes = [
        ...(seconds === requested ? ['asked for'] : seconds === given && requested === null ? ['usual'] : []),
        ...(seconds === most ? ['the longest allowed'] : []),
      ];
      return { seconds, label: `${formatDuration(seconds)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}` };
    });
}
