import type { ComponentProps } from 'react';

export type ButtonLook = 'primary' | 'plain' | 'good' | 'bad' | 'quiet';

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  plain: 'bg-surface text-ink border-line-strong hover:bg-sunken',
  good: 'bg-good text-page border-transparent hover:opacity-90',
  bad: 'bg-surface text-bad border-bad hover:bg-bad-soft',
  quiet: 'bg-transparent text-muted border-transparent hover:bg-sunken hover:text-ink',
};

/** The one shape of buttons, for links that look like buttons too. */
export function buttonClass(look: ButtonLook = 'plain'): string {
  return `quiet-motion inline-flex min-h-10 items-center justify-center gap-2 rounded-lg border px-3.5 py-1.5 text-sm font-medium no-underline disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0 pointer-coarse:min-h-11 ${looks[look]}`;
}

/** A button; `type` is `button` unless said otherwise, so that it never submits by accident. */
export function Button({ look = 'plain', className = '', ...props }: ComponentProps<'button'> & { look?: ButtonLook }) {
  return <button type="button" className={`${buttonClass(look)} ${className}`} {...props} />;
}
