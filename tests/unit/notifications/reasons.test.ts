import { dailyLoss } from '../../../trading/risk/checks/dailyLoss.js';
import { apiConnectivity } from '../../../trading/risk/checks/apiConnectivity.js';
import { EXCHANGE_ERROR_KINDS } from '../../../adapters/exchange/errors.js';
import { WATCHDOG_TEXTS } from '../../../api/watchdog/texts.js';
import {
  describeCode,
  KNOWN_CODES,
  localizeReason,
  REASONS,
  reasonText,
  renderMessage,
  type ReasonCode,
} from '../../../trading/notifications/index.js';
import { RECONCILE_RULES } from '../../../trading/reconcile/index.js';
import { EMERGENCY_TRIGGERS } from '../../../trading/types.js';
import { candidate, context } from '../risk/fixtures.js';

const FIELDS = { loss: '3.02', limit: 3, seconds: 301, count: 5, detail: 'GET /api/v3/order: 502 (Bad Gateway)' };
/** Checks of the account look at no entry. */
const NOBODY = candidate() as never;
const HANGUL = /[가-힣]/;

describe.each(Object.keys(REASONS) as ReasonCode[])('the reason %s', (code) => {
  const text = reasonText(code, FIELDS);

  test('is complete in English and is left alone there', () => {
    expect(text).not.toMatch(/[{}]|undefined/);
    expect(localizeReason(text, 'en')).toBe(text);
  });

  test('is recognised, and said in Korean with all that it holds', () => {
    const korean = localizeReason(text, 'ko');
    expect(korean).toMatch(HANGUL);
    expect(korean).not.toMatch(/[{}]|undefined/);
    for (const [, name] of REASONS[code].en.matchAll(/\{(\w+)\}/g))
      expect(korean).toContain(String(FIELDS[name as keyof typeof FIELDS]));
  });
});

test('a reason within a reason is said in Korean too', () => {
  const inner = reasonText('STEP_LATE');
  expect(localizeReason(reasonText('CYCLES_FAILED', { count: 5, detail: inner }), 'ko')).toBe(
    `거래 주기가 연속 5회 실패했습니다: ${REASONS.STEP_LATE.ko}`,
  );
});

test.each(['점검', 'my own words', 'daily loss of much', ''])('other people’s words stay: %j', (text) => {
  expect(localizeReason(text, 'ko')).toBe(text);
});

test('what the checks give as an emergency’s reason is known', () => {
  const lost = context({ day: { ...context().day, pnlPct: -3.4 } });
  const silent = context({
    exchange: { ...context().exchange, calls: 4, lastSuccessAt: context().realNow - 301_000 },
  });
  const found = [...dailyLoss.check(lost, NOBODY), ...apiConnectivity.check(silent, NOBODY)];
  const reasons = found.flatMap(({ emergency }) => (emergency ? [emergency.reason] : []));
  expect(reasons).toHaveLength(2);
  for (const reason of reasons) expect(localizeReason(reason, 'ko')).toMatch(HANGUL);
});

const ALERTED = RECONCILE_RULES.filter(({ alerted }) => alerted).map(({ code }) => code);

test.each([
  ...EXCHANGE_ERROR_KINDS,
  'TIMEOUT',
  'LIVE_KEYS_REFUSED',
  ...ALERTED,
  ...Object.values(WATCHDOG_TEXTS).map(({ code }) => code),
])('the code %s has a meaning in both languages', (code) => {
  expect(KNOWN_CODES).toContain(code);
  expect(describeCode(code, 'en')).toMatch(new RegExp(`^[a-zA-Z].* \\(${code}\\)$`));
  expect(describeCode(code, 'ko')).toMatch(HANGUL);
});

test.each(EMERGENCY_TRIGGERS)('an emergency by %s is told in Korean alone, but for names', (trigger) => {
  const data = { trigger, reason: reasonText('DAILY_LOSS', FIELDS) };
  const { title, summary, facts } = renderMessage({ eventId: 'e', type: 'EMERGENCY_STOP', data, at: 0 }, 'ko');
  expect([title, summary, ...facts.flatMap(({ label, value }) => [label, value])].join(' ')).not.toMatch(
    /[A-Za-z]{4,}/,
  );
});

test('a failure is told with its code’s meaning first, whatever language its words are in', () => {
  const data = { component: 'ENGINE', code: 'OrderRejected', reason: 'Filter failure: NOTIONAL' };
  const { summary } = renderMessage({ eventId: 'e', type: 'SYSTEM_ERROR', data, at: 0 }, 'ko');
  expect(summary).toBe('거래소가 주문을 거부함 (OrderRejected): Filter failure: NOTIONAL');
});
