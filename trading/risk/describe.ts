import type { Refusal } from '../types.js';
import { RISK_CODES, type RiskCode } from './codes.js';

export type Locale = 'en' | 'ko';

/**
 * A refusal as a sentence: what was limited, at which value, until when, as in
 * "BTC/USDT: Spread: 0.42 % of at most 0.3 %; until the spread narrows". Where the end is a time it is market time, in
 * UTC unless `formatTime` writes it otherwise. Unknown codes (signal rejections, those of a newer version) are shown as
 * they are.
 */
export function describeRefusal(refusal: Refusal, locale: Locale, formatTime = utc): string {
  const { symbol, code, limit, actual, unit, until } = refusal;
  const known = isKnown(code) ? code : null;
  const name = known ? riskName(known, locale) : code;
  const loss = known !== null && LOSSES.has(known);
  // What was measured lies on the wrong side of its limit, so it tells which kind of limit that is; only a loss may
  // be reported while it still holds.
  const least = actual < limit && !loss;
  const sign = loss ? -1 : 1;
  const measured = known !== null && BARE.has(known) ? '' : `: ${bound(sign * actual, limit, unit, least, locale)}`;
  const end = until === undefined ? (known ? riskEnd(known, locale) : '') : time(formatTime(until), locale);
  return `${symbol ? `${symbol}: ` : ''}${name}${measured}${end ? `; ${end}` : ''}`;
}

const isKnown = (code: string): code is RiskCode => (RISK_CODES as readonly string[]).includes(code);

function bound(actual: number, limit: number, unit: string, least: boolean, locale: Locale): string {
  const named = riskUnit(unit, locale);
  const [has, wants] = [`${amount(actual)} ${named}`, `${amount(limit)} ${named}`];
  if (locale === 'ko') return `${has} (${least ? '최소' : '최대'} ${wants})`;
  return `${has} of at ${least ? 'least' : 'most'} ${wants}`;
}

/** Two decimals from 1 up, more for small values, and a whole number as it is; "3.0" rather than "3" for percent reads alike. */
function amount(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

const utc = (until: number): string => `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const time = (text: string, locale: Locale): string => (locale === 'ko' ? `${text}까지` : `until ${text}`);

/** What ends a refusal that has no time: the condition, as in "until the spread narrows". */
export const riskEnd = (code: RiskCode, locale: Locale): string =>
  locale === 'ko' ? `${CLEARS[code][1]} 때까지` : `until ${CLEARS[code][0]}`;

/** A refusal's name without its numbers, as in "Spread". */
export const riskName = (code: RiskCode, locale: Locale): string => NAMES[code][locale === 'ko' ? 1 : 0];

/** The unit of a refusal's numbers; one that has no Korean name (%, ms, USDT) is the same in both languages. */
export const riskUnit = (unit: string, locale: Locale): string => (locale === 'ko' ? (UNITS[unit] ?? unit) : unit);

const UNITS: Readonly<Record<string, string>> = {
  '% errors': '% 오류',
  candles: '캔들',
  entries: '회',
  losses: '회',
  min: '분',
  'orders/min': '건/분',
  'percentile of ATR': 'ATR 백분위',
  points: '점',
  positions: '개',
  problem: '건',
  s: '초',
  's of ban': '초 (차단)',
  's to the next probe': '초 (다음 확인까지)',
  snapshots: '건',
  stop: '회',
  trades: '회',
};

/** Losses are measured as positive numbers and read better with their sign. */
const LOSSES: ReadonlySet<RiskCode> = new Set(['DAILY_LOSS_LIMIT', 'DAILY_LOSS_NEAR', 'MAX_DRAWDOWN', 'DRAWDOWN_NEAR']);
/** Those that have no number worth reading. */
const BARE: ReadonlySet<RiskCode> = new Set(['FLEET_HALTED', 'LIVE_KEYS_REFUSED']);

const NAMES: Record<RiskCode, readonly [en: string, ko: string]> = {
  FLEET_HALTED: ['All trading was stopped by the administrator', '관리자가 전체 거래를 중단했습니다'],
  LIVE_KEYS_REFUSED: ['The exchange keys must not be used', '거래소 키를 사용할 수 없습니다'],
  DAILY_LOSS_LIMIT: ['Daily loss limit', '일일 손실 한도'],
  DAILY_LOSS_NEAR: ['Daily loss near its limit', '일일 손실이 한도에 근접'],
  MAX_DRAWDOWN: ['Maximum drawdown', '최대 낙폭'],
  DRAWDOWN_NEAR: ['Drawdown near its limit', '낙폭이 한도에 근접'],
  LOSING_STREAK: ['Losing streak', '연속 손실'],
  TRADES_PER_DAY: ['Trades today', '오늘 거래 횟수'],
  UNEXPLAINED_BALANCE: ['Unexplained change of the balance', '설명되지 않는 잔고 변동'],
  API_CONNECTIVITY: ['Connection to the exchange', '거래소 연결'],
  CIRCUIT_OPEN: ['Exchange calls are suspended after failures', '오류로 거래소 호출이 보류됨'],
  CLOCK_SKEW: ['Clock differs from the exchange', '거래소와의 시계 차이'],
  STALE_DATA: ['Market data is old', '시장 데이터가 오래됨'],
  ANOMALOUS_DATA: ['Market data is unusual or missing', '시장 데이터 이상 또는 누락'],
  MARKET_VOLATILITY: ['Volatility', '변동성'],
  SPREAD: ['Spread', '스프레드'],
  PRICE_GAP: ['Price jump', '가격 급변'],
  STOP_COOLDOWN: ['Cool-down after a stop', '손절 후 대기'],
  LOW_CONFIDENCE: ['Confidence of the signal', '신호 신뢰도'],
  MAX_ENTRIES_PER_CYCLE: ['Entries in one cycle', '주기당 진입 횟수'],
  MAX_POSITIONS: ['Open positions', '보유 포지션 수'],
  MAX_POSITIONS_PER_SYMBOL: ['Positions in this symbol', '종목당 포지션 수'],
  MAX_EXPOSURE: ['Total exposure', '총 노출'],
  CORRELATED_EXPOSURE: ['Exposure to symbols that move together', '상관 종목 노출'],
  LIVE_CAPITAL_CAP: ['Capital that live trading may use', '실거래 사용 자본 한도'],
  ORDER_NOTIONAL: ['Value of one order', '주문당 금액'],
  ORDER_RATE: ['Orders in a minute', '분당 주문 수'],
  INSUFFICIENT_BALANCE: ['Available balance', '사용 가능 잔고'],
  SLIPPAGE: ['Price moved since the signal', '신호 이후 가격 변동'],
  MIN_EDGE: ['Expected gain after costs', '비용 차감 후 기대 수익'],
  RISK_BUDGET: ['Order within the risk per trade', '거래당 위험 한도 내 주문'],
  INVALID_LEVELS: ['Price beyond stop or target', '가격이 손절 또는 목표를 벗어남'],
  MIN_NOTIONAL: ['Order value', '주문 금액'],
  MAX_NOTIONAL: ['Order value', '주문 금액'],
  LOT_SIZE: ['Quantity against the exchange’s lot size', '거래소 수량 단위'],
  PRICE_FILTER: ['Price against the exchange’s tick size', '거래소 가격 단위'],
  PERCENT_PRICE: ['Price against the exchange’s price band', '거래소 가격 범위'],
  MAX_NUM_ALGO_ORDERS: ['Stop orders on the exchange', '거래소 스톱 주문 수'],
};

const NEXT_SIGNAL = ['the next signal', '다음 신호가 나올'] as const;
const POSITION_CLOSES = ['a position closes', '포지션이 청산될'] as const;
const SETTINGS_FIT = ['size or limits in the settings fit', '설정의 크기나 한도가 맞을'] as const;

/** By what each refusal ends; after "until" in English, before "때까지" in Korean. */
const CLEARS: Record<RiskCode, readonly [en: string, ko: string]> = {
  FLEET_HALTED: ['the administrator releases it', '관리자가 해제할'],
  LIVE_KEYS_REFUSED: ['the exchange confirms their rights', '거래소에서 권한이 확인될'],
  DAILY_LOSS_LIMIT: ['a reset', '재설정할'],
  DAILY_LOSS_NEAR: ['the loss shrinks or the day ends', '손실이 줄거나 하루가 끝날'],
  MAX_DRAWDOWN: ['the equity recovers', '자산이 회복될'],
  DRAWDOWN_NEAR: ['the equity recovers', '자산이 회복될'],
  LOSING_STREAK: ['the cool-down ends', '대기 시간이 끝날'],
  TRADES_PER_DAY: ['the day ends', '하루가 끝날'],
  UNEXPLAINED_BALANCE: ['the change is explained', '변동 원인이 밝혀질'],
  API_CONNECTIVITY: ['the exchange answers reliably', '거래소가 안정적으로 응답할'],
  CIRCUIT_OPEN: ['two probes in a row succeed', '시험 호출이 두 번 연속 성공할'],
  CLOCK_SKEW: ['the clocks agree', '시계가 맞을'],
  STALE_DATA: ['fresh data arrives', '새 데이터가 올'],
  ANOMALOUS_DATA: ['the data is whole and the market trades', '데이터가 온전하고 거래가 이루어질'],
  MARKET_VOLATILITY: ['the market calms down', '시장이 진정될'],
  SPREAD: ['the spread narrows', '스프레드가 좁아질'],
  PRICE_GAP: ['a candle without a jump', '급변 없는 캔들이 나올'],
  STOP_COOLDOWN: ['the cool-down ends', '대기 시간이 끝날'],
  LOW_CONFIDENCE: ['a stronger signal', '더 강한 신호가 나올'],
  MAX_ENTRIES_PER_CYCLE: ['the next cycle', '다음 주기가 될'],
  MAX_POSITIONS: POSITION_CLOSES,
  MAX_POSITIONS_PER_SYMBOL: POSITION_CLOSES,
  MAX_EXPOSURE: POSITION_CLOSES,
  CORRELATED_EXPOSURE: POSITION_CLOSES,
  LIVE_CAPITAL_CAP: POSITION_CLOSES,
  ORDER_NOTIONAL: SETTINGS_FIT,
  ORDER_RATE: ['a minute has passed', '1분이 지날'],
  INSUFFICIENT_BALANCE: ['enough is free', '잔고가 충분해질'],
  SLIPPAGE: NEXT_SIGNAL,
  MIN_EDGE: NEXT_SIGNAL,
  RISK_BUDGET: SETTINGS_FIT,
  INVALID_LEVELS: NEXT_SIGNAL,
  MIN_NOTIONAL: SETTINGS_FIT,
  MAX_NOTIONAL: SETTINGS_FIT,
  LOT_SIZE: SETTINGS_FIT,
  PRICE_FILTER: NEXT_SIGNAL,
  PERCENT_PRICE: NEXT_SIGNAL,
  MAX_NUM_ALGO_ORDERS: POSITION_CLOSES,
};
