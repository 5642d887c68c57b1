/**
 * A browser started under the C locale names its language `en-US@posix`, which Intl refuses; uPlot hands it to Intl
 * when it is loaded. Such a name is cut to its valid part.
 */
export function repairLanguageTag(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    const value = navigator.language.split(/[@.]/)[0] || 'en';
    Object.defineProperty(navigator, 'language', { value, configurable: true });
  }
}
