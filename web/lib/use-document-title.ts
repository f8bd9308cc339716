import { useEffect } from 'react';

/** Names the browser tab; a screen reader hears it when the page changes. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
