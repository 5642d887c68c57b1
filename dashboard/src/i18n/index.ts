import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { en } from './en.js';
import { loadServerTexts } from './server/index.js';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export const LANGUAGES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'language';

/** Only the language in use is loaded; the other comes when it is chosen. */
async function load(language: Language): Promise<object> {
  if (language === 'en') return (await import('./en.js')).en;
  const [{ ko }] = await Promise.all([import('./ko.js'), loadServerTexts(language)]);
  return ko;
}

/** The language chosen before, else the browser's, else English. */
function firstLanguage(): Language {
  const stored = window.localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'ko') return stored;
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

export async function startTranslations(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  const lng = firstLanguage();
  const resources = { [lng]: { translation: await load(lng) } };
  await i18next.use(initReactI18next).init({ lng, fallbackLng: lng, resources, interpolation: { escapeValue: false } });
}

async function show(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await load(language));
  await i18next.changeLanguage(language);
}

/** The account's language, unless this browser's user has chosen one. */
export function adoptLanguage(locale: string): void {
  if (window.localStorage.getItem(STORED) === null) void show(locale === 'ko' ? 'ko' : 'en');
}

/** Switches the whole page at once and remembers the choice in this browser. */
export function changeLanguage(language: Language): void {
  window.localStorage.setItem(STORED, language);
  void show(language);
}
