import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

export interface Toast {
  id: number;
  good: boolean;
  message: string;
}

const GOOD_MS = 5_000;
const BAD_MS = 15_000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function replace(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => replace(toasts.filter((toast) => toast.id !== id));

/** Tells of a finished or failed action in the corner of the page for a while. */
export function showToast(message: string, good: boolean): void {
  const id = ++lastId;
  replace([...toasts.slice(-4), { id, good, message }]);
  window.setTimeout(() => dismiss(id), good ? GOOD_MS : BAD_MS);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toasts() {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, good, message }) => (
        <div key={id} className={`toast ${good ? 'good' : 'bad'}`}>
          <span className="grow">{message}</span>
          <button type="button" aria-label={t('common.close')} onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
