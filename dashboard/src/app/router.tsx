import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
const changed = () => listeners.forEach((listener) => listener());
window.addEventListener('popstate', changed);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The address's path, e.g. `/settings/exchange`; renders again when it changes. */
export const usePath = () => useSyncExternalStore(subscribe, () => window.location.pathname);

/** Leaves unsaved work only after a question; set by a form that has changes. */
let blocker: (() => boolean) | null = null;
export const blockNavigation = (mayLeave: (() => boolean) | null) => {
  blocker = mayLeave;
};

export function navigate(path: string): void {
  if (path === window.location.pathname) return;
  if (blocker && !blocker()) return;
  blocker = null;
  window.history.pushState(null, '', path);
  changed();
}

interface LinkProps {
  to: string;
  current?: boolean;
  className?: string;
  label?: string;
  onFollow?: () => void;
  children: ReactNode;
}

/** An ordinary link that stays inside the page unless opened in a new tab. */
export function Link({ to, current, className, label, onFollow, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onFollow?.();
    navigate(to);
  };
  return (
    <a href={to} className={className} aria-label={label} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
