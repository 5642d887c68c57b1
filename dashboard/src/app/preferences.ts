const KEY = 'gains';
export type GainColours = 'green' | 'red';

/** Which colour a gain has in this browser: green (default) or red, as on Korean exchanges. */
export const gainColours = (): GainColours => (window.localStorage.getItem(KEY) === 'red' ? 'red' : 'green');

export function setGainColours(colours: GainColours): void {
  window.localStorage.setItem(KEY, colours);
  applyGainColours();
}

export function applyGainColours(): void {
  document.documentElement.dataset.gains = gainColours();
}
