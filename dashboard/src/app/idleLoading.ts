import type { PageEntry } from './pages.js';

/** How often it is looked whether the first page has been drawn, ms. */
const LOOK_MS = 2_000;
const LONGEST_MS = 5_000;

interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

/**
 * Loads the code of the pages one after the other once the first is drawn and whenever the browser has nothing to do, so
 * that a page is there when it is first opened. Not where data is saved or the line is slow: there a page comes when it is asked for.
 * @returns ends it
 */
export function loadWhenIdle(pages: readonly Pick<PageEntry, 'load'>[]): () => void {
  const { connection } = navigator as Navigator & { connection?: Connection };
  if (connection?.saveData || /2g$/.test(connection?.effectiveType ?? '')) return () => undefined;
  let ended = false;
  const waiting = [...pages];
  const next = () => {
    const page = waiting.shift();
    if (ended || !page) return;
    // What could not be loaded now is asked for again when the page is opened.
    page.load().then(
      () => whenIdle(next),
      () => undefined,
    );
  };
  const timer = window.setInterval(() => {
    if (document.querySelector(DRAWN) === null || document.querySelector(NOT_DRAWN) !== null) return;
    window.clearInterval(timer);
    whenIdle(next);
  }, LOOK_MS);
  return () => {
    ended = true;
    window.clearInterval(timer);
  };
}

const DRAWN = 'main h1';
const NOT_DRAWN = 'main .mantine-Skeleton-root';

/** Safari has no requestIdleCallback: there a pause has to do. */
function whenIdle(work: () => void): void {
  if (typeof window.requestIdleCallback === 'function') window.requestIdleCallback(work, { timeout: LONGEST_MS });
  else window.setTimeout(work, 300);
}
