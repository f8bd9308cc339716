import { useCallback, useState } from 'react';

/** `[ref, seen]`: whether the element has been on the screen, scrolled to where it is. Once seen it stays seen. */
export function useOnScreen(): [(element: Element | null) => (() => void) | undefined, boolean] {
  const [seen, setSeen] = useState(false);
  const watch = useCallback((element: Element | null) => {
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [watch, seen];
}
