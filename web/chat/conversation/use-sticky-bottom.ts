import { useCallback, useEffect, useRef, useState } from 'react';

const nearBottomPx = 48;

/** Keeps a scrolling box at its end while it grows, unless the person has scrolled up to read. */
export function useStickyBottom() {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [atBottom, setAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);

  useEffect(() => {
    const element = box.current;
    const inner = content.current;
    if (element === null || inner === null) return undefined;
    const onScroll = (): void => {
      sticks.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearBottomPx;
      setAtBottom(sticks.current);
    };
    const observer = new ResizeObserver(() => {
      if (sticks.current) toBottom();
    });
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [toBottom]);

  return { box, content, atBottom, toBottom };
}
