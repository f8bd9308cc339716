import type { ReactNode } from 'react';
import { Snowflake } from 'lucide-react';
import type { FreezeView } from '../../api/contract/freeze.ts';
import { Moment } from './moment.tsx';
import { VisibleText } from './visible-text.tsx';

/** Says why nothing elevated works for now; nothing while all is well. `children` is what the viewer can do about it. */
export function FreezeBanner({ freeze, children }: { freeze: FreezeView | null; children?: ReactNode }) {
  return (
    <div role="status">
      {freeze !== null && (
        <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 bg-bad-soft px-4 py-2 text-sm text-bad">
          <p className="flex min-w-0 items-start gap-2 wrap-anywhere">
            <Snowflake aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span>
              <strong>Everything elevated is frozen.</strong> {freeze.by}, <Moment at={freeze.since} />: “
              <VisibleText text={freeze.reason} />” Requests wait, nothing is lost.
            </span>
          </p>
          {children}
        </div>
      )}
    </div>
  );
}
