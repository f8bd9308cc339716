import { lazy, memo, Suspense } from 'react';
import { VisibleText } from '../../ui/visible-text.tsx';

// Comes after the page: until then, and should it not come at all, the words stand there as they were said.
const MarkdownText = lazy(() =>
  import('./markdown-text.tsx').then(
    (module) => ({ default: module.MarkdownText }),
    () => ({ default: AsSaid }),
  ),
);

/** What the agent says; read anew only when it says something else. */
export const ReplyText = memo(function ReplyText({ text }: { text: string }) {
  return (
    <Suspense fallback={<AsSaid text={text} />}>
      <MarkdownText text={text} />
    </Suspense>
  );
});

function AsSaid({ text }: { text: string }) {
  return (
    <p className="wrap-anywhere whitespace-pre-wrap">
      <VisibleText text={text} />
    </p>
  );
}
