import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.js';
import { ko } from './ko.js';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export const LANGUAGES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'language';

/** The language chosen before, else the browser's, else English. */
function firstLanguage(): Language {
  const stored = window.localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'ko') return stored;
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

export function startTranslations() {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  return i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: 'en',
    resources: { en: { translation: en }, ko: { translation: ko } },
    interpolation: { escapeValue: false },
  });
}

/** The account's language, unless this browser's user has chosen one. */
export function adoptLanguage(locale: string): void {
  if (window.localStorage.getItem(STORED) === null) void i18next.changeLanguage(locale === 'ko' ? 'ko' : 'en');
}

/** Switches the whole page at once and remembers the choice in this browser. */
export function changeLanguage(language: Language): void {
  window.localStorage.setItem(STORED, language);
  void i18next.changeLanguage(language);
}
