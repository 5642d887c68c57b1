import { type RefObject, useCallback, useEffect, useState } from 'react';

const OVERSCAN = 12;

/**
 * Which of `count` rows of `height` px are in sight of a scrolling element: [first, end). Renders again only when that
 * range moves by whole rows.
 */
export function useRows(scroller: RefObject<HTMLElement | null>, count: number, height: number): [number, number] {
  const [range, setRange] = useState<[number, number]>([0, 40]);
  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const first = Math.max(0, Math.floor(element.scrollTop / height) - OVERSCAN);
    const end = Math.ceil((element.scrollTop + element.clientHeight) / height) + OVERSCAN;
    setRange((old) => (old[0] === first && old[1] === end ? old : [first, end]));
  }, [scroller, height]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [scroller, measure]);
  const end = Math.min(count, range[1]);
  return [Math.min(range[0], Math.max(0, end - 1)), end];
}
