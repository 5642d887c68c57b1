import type { Refusal } from '../types.js';
import { RISK_CODES, type RiskCode } from './codes.js';

export type Locale = 'en' | 'ko';

/**
 * A refusal as a sentence: what was limited, at which value, until when, as in
 * "BTC/USDT: Spread: 0.42 % of at most 0.3 %". Times are market time in UTC. Unknown codes (signal rejections, those
 * of a newer version) are shown as they are.
 */
export function describeRefusal(refusal: Refusal, locale: Locale): string {
  const { symbol, code, limit, actual, unit, until } = refusal;
  const known = (RISK_CODES as readonly string[]).includes(code) ? (code as RiskCode) : null;
  const name = known ? NAMES[known][locale === 'ko' ? 1 : 0] : code;
  const loss = known !== null && LOSSES.has(known);
  // What was measured lies on the wrong side of its limit, so it tells which kind of limit that is; only a loss may
  // be reported while it still holds.
  const least = actual < limit && !loss;
  const sign = loss ? -1 : 1;
  const measured = known !== null && BARE.has(known) ? '' : `: ${bound(sign * actual, limit, unit, least, locale)}`;
  const clears = until === undefined ? '' : `; ${time(until, locale)}`;
  return `${symbol ? `${symbol}: ` : ''}${name}${measured}${clears}`;
}

function bound(actual: number, limit: number, unit: string, least: boolean, locale: Locale): string {
  const [has, wants] = [`${amount(actual)} ${unit}`, `${amount(limit)} ${unit}`];
  if (locale === 'ko') return `${has} (${least ? '최소' : '최대'} ${wants})`;
  return `${has} of at ${least ? 'least' : 'most'} ${wants}`;
}

/** Two decimals from 1 up, more for small values, and a whole number as it is; "3.0" rather than "3" for percent reads alike. */
function amount(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

function time(until: number, locale: Locale): string {
  const text = `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return locale === 'ko' ? `${text}까지` : `until ${text}`;
}

/** Losses are measured as positive numbers and read better with their sign. */
const LOSSES: ReadonlySet<RiskCode> = new Set(['DAILY_LOSS_LIMIT', 'DAILY_LOSS_NEAR', 'MAX_DRAWDOWN', 'DRAWDOWN_NEAR']);
/** Those that have no number worth reading. */
const BARE: ReadonlySet<RiskCode> = new Set(['FLEET_HALTED']);

const NAMES: Record<RiskCode, readonly [en: string, ko: string]> = {
  FLEET_HALTED: ['All trading was stopped by the administrator', '관리자가 전체 거래를 중단했습니다'],
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
