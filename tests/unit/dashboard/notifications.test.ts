import i18next from 'i18next';
import type { NotificationEntry } from '../../../dashboard/src/api/types.js';
import { wordsOf } from '../../../dashboard/src/features/notifications/words.js';
import { loadServerTexts } from '../../../dashboard/src/i18n/server/index.js';

const entry = (data: Record<string, unknown>): NotificationEntry => ({
  id: 'n1',
  type: 'SYSTEM_ERROR',
  severity: 'ERROR',
  title: 'System error',
  message: 'sent in English',
  data,
  deliveries: [],
  readAt: null,
  createdAt: '2026-11-23T00:00:00.000Z',
});
const SHORT = {
  component: 'MONITOR',
  code: 'HOLDING_SHORT',
  reason: '0.5 ETH less than our positions hold: sold or withdrawn by somebody else',
};

beforeAll(async () => {
  await loadServerTexts('ko');
  await i18next.init({ lng: 'ko', resources: {} });
});

test('a notification is in the language of the page, whichever it was sent in', async () => {
  expect(wordsOf(entry(SHORT), 'ko').message).toMatch(
    /^포지션보다 부족한 보유 자산 \(HOLDING_SHORT\): 0\.5 ETH이\(가\)/,
  );
  await i18next.changeLanguage('en');
  expect(wordsOf(entry(SHORT), 'en').message).toContain(SHORT.reason);
});

test('one without its data stays as it was sent', () => {
  expect(wordsOf(entry({}), 'ko')).toEqual({ title: 'System error', message: 'sent in English' });
});
