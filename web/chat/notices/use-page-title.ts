import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { useUnseenDecisions } from './unseen-decisions.ts';

/** Names the browser tab, with the number of decisions that came while nobody looked. */
export function usePageTitle(title: string): void {
  const unseen = useUnseenDecisions();
  useDocumentTitle(unseen === 0 ? title : `(${unseen}) ${title}`);
}
