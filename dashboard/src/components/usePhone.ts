import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 48em)');
const subscribe = (listener: () => void) => {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
};

/** Whether the page is as narrow as a phone; what only one of the two shows is not in the other's document. */
export const usePhone = () => useSyncExternalStore(subscribe, () => narrow.matches);
