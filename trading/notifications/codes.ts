import type { MessageLocale } from './message.js';

/**
 * What the codes of SYSTEM_ERROR and API_CONNECTION_LOST mean: failures of a cycle's steps (the kinds of exchange errors,
 * of market data, the database's and Temporal's) and what the watchdog sees. A code that is not here is shown as it is.
 */
const CODES: Readonly<Record<string, Record<MessageLocale, string>>> = {
  ExchangeUnavailable: { en: 'the exchange does not answer', ko: '거래소가 응답하지 않음' },
  RateLimited: { en: 'the exchange asks to wait', ko: '거래소 요청 한도 초과' },
  InsufficientFunds: { en: 'not enough funds', ko: '잔고 부족' },
  OrderRejected: { en: 'the exchange refused an order', ko: '거래소가 주문을 거부함' },
  OrderImmediatelyTriggers: { en: 'a stop would trigger at once', ko: '손절 주문이 즉시 발동될 가격' },
  OrderOutcomeUnknown: { en: 'an order’s outcome is unknown yet', ko: '주문 결과를 아직 알 수 없음' },
  OrderNotKnown: { en: 'the exchange does not know an order', ko: '거래소에 없는 주문' },
  AuthenticationFailed: { en: 'the exchange refused the key', ko: '거래소 API 키 인증 실패' },
  ClockSkew: { en: 'the clock is off', ko: '시스템 시계 오차' },
  BadExchangeAnswer: { en: 'an answer of the exchange cannot be read', ko: '거래소 응답을 해석할 수 없음' },
  NotSupportedByVenue: { en: 'the exchange does not offer this', ko: '거래소가 지원하지 않는 기능' },
  MarketDataError: { en: 'market data is missing or wrong', ko: '시세 데이터가 없거나 잘못됨' },
  StrategyError: { en: 'a strategy failed', ko: '전략 계산 오류' },
  NotFound: { en: 'something needed is missing', ko: '필요한 데이터가 없음' },
  InvariantBroken: { en: 'an inner rule was broken', ko: '내부 규칙 위반' },
  TIMEOUT: { en: 'a step took too long', ko: '단계 시간 초과' },
  ERROR: { en: 'a step failed', ko: '단계 실패' },
  Error: { en: 'a step failed', ko: '단계 실패' },
  MongoServerSelectionError: { en: 'the database does not answer', ko: '데이터베이스가 응답하지 않음' },
  MongoNetworkError: { en: 'the database does not answer', ko: '데이터베이스가 응답하지 않음' },
  MongoNetworkTimeoutError: { en: 'the database does not answer', ko: '데이터베이스가 응답하지 않음' },
  MongooseServerSelectionError: { en: 'the database does not answer', ko: '데이터베이스가 응답하지 않음' },
  DATABASE_UNAVAILABLE: { en: 'the database does not answer', ko: '데이터베이스가 응답하지 않음' },
  UNLISTED: { en: 'a holding whose symbol is not traded any more', ko: '거래가 중지된 종목의 보유분' },
  UNPROTECTED: { en: 'positions without protection', ko: '보호 주문이 없는 포지션' },
  OWN_ORDER_ORPHANED: { en: 'an order outlived its position', ko: '포지션이 끝난 뒤 남은 주문' },
  OWN_ORDER_UNKNOWN: { en: 'an order with our mark is not in our books', ko: '장부에 없는 자동매매 주문' },
  UNRECORDED_TRANSFER: { en: 'a change of the account without a record', ko: '기록이 없는 계정 변동' },
  HOLDING_SHORT: { en: 'less is held than our positions need', ko: '포지션보다 부족한 보유 자산' },
  LIVE_KEYS_REFUSED: { en: 'the exchange keys must not be used', ko: '사용할 수 없는 거래소 키' },
  WORKER_MISSING: { en: 'no worker', ko: '워커 없음' },
  ENGINE_UNREACHABLE: { en: 'Temporal does not answer', ko: 'Temporal이 응답하지 않음' },
  DATABASE_UNREACHABLE: { en: 'the database does not answer', ko: '데이터베이스가 응답하지 않음' },
  EXCHANGE_UNREACHABLE: { en: 'the exchange does not answer', ko: '거래소가 응답하지 않음' },
  DISK_NEARLY_FULL: { en: 'the disk is nearly full', ko: '디스크 공간 부족' },
  AUDIT_BROKEN: { en: 'the audit log was changed', ko: '감사 로그가 변경됨' },
  CYCLES_OVERDUE: { en: 'cycles are overdue', ko: '거래 주기 지연' },
  CYCLE_OVERDUE: { en: 'the cycle is overdue', ko: '거래 주기 지연' },
};

/** "the database does not answer (DATABASE_UNREACHABLE)"; a code that nobody named alone. */
export function describeCode(code: string, locale: MessageLocale): string {
  const name = CODES[code]?.[locale];
  return name === undefined ? code : `${name} (${code})`;
}

export const KNOWN_CODES: readonly string[] = Object.keys(CODES);
