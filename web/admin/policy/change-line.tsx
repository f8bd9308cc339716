import { VisibleText } from '../../ui/visible-text.tsx';
import { changeParts } from './change-parts.ts';

/** One difference: what was struck out, what takes its place; in words for those who see no colour. */
export function ChangeLine({ text }: { text: string }) {
  const parts = changeParts(text);
  switch (parts.kind) {
    case 'changed':
      return (
        <>
          <VisibleText text={parts.what} />{' '}
          <del className="rounded bg-bad-soft px-1 text-bad">
            <VisibleText text={parts.before} />
          </del>
          <span aria-hidden> → </span>
          <span className="sr-only"> becomes </span>
          <ins className="rounded bg-good-soft px-1 text-good no-underline">
            <VisibleText text={parts.after} />
          </ins>
        </>
      );
    case 'added':
      return (
        <>
          <span className="font-medium text-good">Added: </span>
          <VisibleText text={parts.what} />
        </>
      );
    case 'removed':
      return (
        <>
          <span className="font-medium text-bad">Removed: </span>
          <VisibleText text={parts.what} />
        </>
      );
    case 'other':
      return <VisibleText text={parts.what} />;
  }
}
