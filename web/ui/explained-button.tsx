import { useId, type ComponentProps } from 'react';
import { Button } from './button.tsx';

/** A button that stays visible when it is off, and says why. */
export function ExplainedButton({ why, ...props }: ComponentProps<typeof Button> & { why: string | undefined }) {
  const explanation = useId();
  return (
    <div className="grid justify-items-start gap-1">
      <Button {...props} disabled={props.disabled === true || why !== undefined} aria-describedby={explanation} />
      <p id={explanation} className="max-w-64 text-xs text-muted empty:hidden">
        {why}
      </p>
    </div>
  );
}
