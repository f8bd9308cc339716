import type { UserStatus } from '../../../api/contract/user-status.ts';
import { Moment } from '../../ui/moment.tsx';
import { Notice } from '../../ui/notice.tsx';

const shown = 5;

/** Says that the policy file on disk is not what is in force, and why. */
export function PolicyProblem({ problem }: { problem: NonNullable<UserStatus['policy_problem']> }) {
  const more = problem.problems.length - shown;
  return (
    <Notice tone="bad" role="alert">
      <p className="font-medium">
        The policy file has mistakes and is not in force. The last good policy still decides.
      </p>
      <ul className="mt-1 list-disc pl-5">
        {problem.problems.slice(0, shown).map((text, index) => (
          <li key={index}>{text}</li>
        ))}
        {more > 0 && <li>and {more} more</li>}
      </ul>
      <p className="mt-1">
        Noticed <Moment at={problem.noticed_at} />. Mend the file; it is read again by itself.
      </p>
    </Notice>
  );
}
