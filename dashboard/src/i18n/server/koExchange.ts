import type { Sentence } from './sentences.js';

/** 거래소(바이낸스)가 하는 말. 모르는 말은 코드와 함께 영어로 보인다. */
const SAID: readonly Sentence[] = [
  [/^(?:Account has )?insufficient balance\b.*$/i, () => '잔고 부족'],
  [/^Market is closed\.?$/i, () => '거래가 정지된 시장'],
  [/would (?:trigger immediately|immediately trigger)/i, () => '즉시 발동될 가격'],
  [/would immediately match/i, () => '즉시 체결될 가격'],
  [/^Filter failure: (\w+)/, ([name = '']) => `주문 규칙 위반: ${FILTERS[name] ?? name}`],
  [/^Duplicate order sent/, () => '이미 보낸 주문 번호'],
  [/^Unknown order sent/, () => '취소할 주문이 없음'],
  [/^Order does not exist/, () => '거래소에 없는 주문'],
  [/^Order list does not exist/, () => '거래소에 없는 주문 묶음'],
  [/relationship of the prices/, () => '주문 가격들의 관계가 올바르지 않음'],
  [
    /^(.+?) (?:orders )?(?:is|are)? ?not supported? for this symbol/,
    ([what]) => `이 심볼은 ${what}을(를) 지원하지 않음`,
  ],
  [/^Price \* QTY is zero or less/, () => '주문 금액이 0 이하'],
  [/^Unsupported order combination/, () => '지원하지 않는 주문 조합'],
  [/liquidity is less than/, () => '호가 수량이 최소 주문 수량보다 적음'],
  [/symbol is (?:not permitted|restricted)/, () => '이 계정에서 거래할 수 없는 심볼'],
  [/action is disabled on this account|trading is not enabled/i, () => '이 계정은 거래가 막혀 있음'],
  [/^Invalid API-key, IP, or permissions/, () => 'API 키, 접속 주소 또는 권한이 올바르지 않음'],
  [/^API-key format invalid/, () => 'API 키 형식이 올바르지 않음'],
  [/^Signature for this request is not valid/, () => '요청 서명이 올바르지 않음'],
  [/^Timestamp for this request/, () => '요청 시각이 허용 범위를 벗어남'],
  [/^Too many new orders/, () => '새 주문이 너무 많음'],
  [/^(?:Way too|Too) (?:much|many) request/, () => '요청이 너무 많음'],
  [/^Invalid quantity/, () => '수량이 올바르지 않음'],
  [/^Invalid price/, () => '가격이 올바르지 않음'],
  [/^Invalid symbol/, () => '없는 심볼'],
  [/too much precision|^Precision is over/, () => '소수 자릿수가 너무 많음'],
  [/^Mandatory parameter|^Parameter|^Illegal characters|^Data sent for parameter/, () => '요청 값이 올바르지 않음'],
  [/overloaded|^Service shutting down|^Internal error|^An unknown error/, () => '거래소가 일시적으로 처리하지 못함'],
];

const FILTERS: Readonly<Record<string, string>> = {
  PRICE_FILTER: '가격 단위 또는 범위',
  PERCENT_PRICE: '시장가 대비 가격 범위',
  PERCENT_PRICE_BY_SIDE: '시장가 대비 가격 범위',
  LOT_SIZE: '수량 단위 또는 범위',
  MARKET_LOT_SIZE: '시장가 주문 수량',
  MIN_NOTIONAL: '최소 주문 금액',
  NOTIONAL: '주문 금액 범위',
  ICEBERG_PARTS: '빙산 주문 분할 수',
  MAX_POSITION: '최대 보유 수량',
  MAX_NUM_ORDERS: '심볼당 미체결 주문 수',
  MAX_NUM_ALGO_ORDERS: '심볼당 손절·익절 주문 수',
  MAX_NUM_ICEBERG_ORDERS: '빙산 주문 수',
  TRAILING_DELTA: '추적 손절 폭',
  EXCHANGE_MAX_NUM_ORDERS: '계정의 미체결 주문 수',
  EXCHANGE_MAX_NUM_ALGO_ORDERS: '계정의 손절·익절 주문 수',
};

const CALLS: Readonly<Record<string, string>> = {
  placeOrder: '주문',
  placeOco: '보호 주문',
  cancelOrder: '주문 취소',
  cancelOrderList: '보호 주문 취소',
  queryOrder: '주문 조회',
  openOrders: '미체결 주문 조회',
  allOrders: '주문 내역 조회',
  balances: '잔고 조회',
  candles: '캔들 조회',
  tickers: '시세 조회',
  transfers: '입출금 조회',
  permissions: '키 권한 조회',
  serverTime: '거래소 시각 조회',
};

const unknownAfter = (rest: string | undefined): string => (rest ? '; 결과를 아직 알 수 없음' : '');
const named = (call = ''): string => CALLS[call] ?? call;

/** adapters/exchange/errorMapping.ts가 쓰는 오류의 형태, 그리고 거래소의 말 자체. */
export const EXCHANGE_LINES: readonly Sentence[] = [
  [
    /^(\w+): the exchange answered (-?\d+)(?: "(.*?)")?(?: \(HTTP (\d+)\))?(; the outcome is unknown)?$/,
    ([call, code, words, status, unknown], say) =>
      `${named(call)}: 거래소 응답 ${code}${words ? ` “${say(words)}”` : ''}${status ? ` (HTTP ${status})` : ''}${unknownAfter(unknown)}`,
  ],
  [
    /^(\w+): the exchange answered an answer without a code(?: \(HTTP (\d+)\))?(; the outcome is unknown)?$/,
    ([call, status, unknown]) =>
      `${named(call)}: 거래소가 코드 없이 응답함${status ? ` (HTTP ${status})` : ''}${unknownAfter(unknown)}`,
  ],
  [
    /^(\w+): no usable answer \((.*?)\)(; the outcome is unknown)?$/,
    ([call, why, unknown]) => `${named(call)}: 거래소의 응답을 받지 못함 (${why})${unknownAfter(unknown)}`,
  ],
  ...SAID,
];
