import { describeRefusal } from '../../../trading/risk/describe.js';
import { RISK_CODES } from '../../../trading/risk/index.js';
import type { Refusal } from '../../../trading/types.js';

const refusal = (code: string, over: Partial<Refusal> = {}): Refusal => ({
  approved: false,
  code,
  limit: 3,
  actual: 3.1,
  unit: '%',
  ...over,
});

test('a refusal says what was limited, at which value, until when', () => {
  const daily = refusal('DAILY_LOSS_LIMIT', { until: Date.UTC(2024, 7, 6) });
  expect(describeRefusal(daily, 'en')).toBe('Daily loss limit: -3.10 % of at most 3 %; until 2024-08-06 00:00 UTC');
  expect(describeRefusal(daily, 'ko')).toBe('일일 손실 한도: -3.10 % (최대 3 %); 2024-08-06 00:00 UTC까지');
});

test('the reader’s own way of writing times is used where one is given', () => {
  const until = Date.UTC(2024, 7, 6);
  expect(
    describeRefusal(refusal('TRADES_PER_DAY', { until }), 'en', (time) => `day ${new Date(time).getUTCDate()}`),
  ).toBe('Trades today: 3.10 % of at most 3 %; until day 6');
});

test('the symbol comes first, and small values keep their digits', () => {
  expect(describeRefusal(refusal('SPREAD', { symbol: 'BTC/USDT', limit: 0.3, actual: 0.41666 }), 'en')).toBe(
    'BTC/USDT: Spread: 0.417 % of at most 0.3 %; until the spread narrows',
  );
});

test('a lower bound reads as one', () => {
  const low = refusal('LOW_CONFIDENCE', { limit: 55, actual: 41, unit: 'points' });
  expect(describeRefusal(low, 'en')).toBe(
    'Confidence of the signal: 41 points of at least 55 points; until a stronger signal',
  );
  expect(describeRefusal(low, 'ko')).toBe('신호 신뢰도: 41 점 (최소 55 점); 더 강한 신호가 나올 때까지');
});

test('what stands just at its limit is measured against the most', () => {
  const full = refusal('TRADES_PER_DAY', { limit: 20, actual: 20, unit: 'trades' });
  expect(describeRefusal(full, 'en')).toBe('Trades today: 20 trades of at most 20 trades; until the day ends');
});

test('a loss that is near its limit is still measured against the most', () => {
  expect(describeRefusal(refusal('DAILY_LOSS_NEAR', { actual: 2.5 }), 'en')).toBe(
    'Daily loss near its limit: -2.50 % of at most 3 %; until the loss shrinks or the day ends',
  );
});

test('the fleet stop has no number, and a code from elsewhere is shown as it is', () => {
  expect(describeRefusal(refusal('FLEET_HALTED'), 'en')).toBe(
    'All trading was stopped by the administrator; until the administrator releases it',
  );
  expect(describeRefusal(refusal('NO_SUCH_CODE'), 'ko')).toBe('NO_SUCH_CODE: 3.10 % (최대 3 %)');
  expect(describeRefusal(refusal('SPREAD', { actual: Infinity }), 'en')).toContain('?');
});

test.each(RISK_CODES)('%s has words of its own in both languages', (code) => {
  expect(describeRefusal(refusal(code), 'en')).not.toContain(code);
  expect(describeRefusal(refusal(code), 'ko')).toMatch(/[가-힣]/);
});
