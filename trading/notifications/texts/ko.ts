import type { Shown, Texts } from '../message.js';

const closed = (event: Shown): string =>
  `${event('symbol')}: ${event('quantity')}개를 ${event('price')}에 매도, 손익 ${event('pnl')} (${event('pnlPct')})`;

/** What the code means before what somebody said, which may be in another language. */
const withCode = (event: Shown, said: string): string => [event('code'), said].filter(Boolean).join(': ');

/** An outage that trading tells has its length; the watchdog's reason says all there is. */
const withSilence = (event: Shown): string =>
  event('seconds') === '' ? event('reason') : `거래소가 ${event('seconds')}초째 응답하지 않습니다: ${event('reason')}`;

export const KO: Texts = {
  titles: {
    TRADE_EXECUTED: (event) => `${event('symbol')} ${event('side') || '거래'} 체결`,
    PROFIT_TARGET_HIT: (event) => `${event('symbol')} 수익 목표 달성: ${event('pnl')}`,
    STOP_LOSS_HIT: (event) => `${event('symbol')} 손절 실행: ${event('pnl')}`,
    DAILY_LOSS_WARNING: () => '일일 손실 경고',
    SYSTEM_ERROR: () => '시스템 오류',
    API_CONNECTION_LOST: () => '거래소 API 연결 끊김',
    EMERGENCY_STOP: () => '긴급 중단',
  },
  summaries: {
    TRADE_EXECUTED: (event) =>
      event('pnl') === ''
        ? `${event('symbol')}: ${event('quantity')}개를 ${event('price')}에 ${event('side') || '거래'}`
        : closed(event),
    PROFIT_TARGET_HIT: closed,
    STOP_LOSS_HIT: closed,
    DAILY_LOSS_WARNING: (event) =>
      `오늘 손익은 ${event('dailyPnlPct') || event('lossPct')}입니다. 손실이 ${event('limitPct')}에 이르면 오늘 거래가 중단됩니다.`,
    SYSTEM_ERROR: (event) =>
      event('message') || withCode(event, event('reason')) || '오류가 발생했습니다. 로그를 확인하세요.',
    API_CONNECTION_LOST: (event) =>
      withSilence(event) || '거래소가 응답하지 않습니다. 포지션 보호 주문은 거래소에 그대로 남아 있습니다.',
    EMERGENCY_STOP: (event) =>
      `거래가 중단되었습니다 (${event('trigger')}). 재설정할 때까지 유지됩니다. ${event('reason')}`,
  },
  labels: {
    symbol: '종목',
    side: '구분',
    quantity: '수량',
    price: '가격',
    stopPrice: '손절가',
    targetPrice: '목표가',
    confidence: '신뢰도',
    pnl: '손익',
    pnlPct: '손익률',
    exitReason: '청산 사유',
    mode: '계좌',
    dailyPnl: '오늘 손익',
    dailyPnlPct: '오늘 손익률',
    lossPct: '오늘 손익률',
    limitPct: '한도',
    equity: '평가 자산',
    trigger: '발생 원인',
    reason: '사유',
    message: '내용',
    code: '코드',
    component: '구성 요소',
    cancelledOrders: '취소된 주문',
    liquidated: '청산된 포지션',
    openOrdersAfter: '남은 진입 주문',
    protectiveOrders: '거래소의 보호 주문',
    positionsAfter: '보유 포지션',
    count: '건수',
    day: '날짜',
    seconds: '경과 시간(초)',
    by: '요청자',
  },
  words: {
    BUY: '매수',
    SELL: '매도',
    paper: '모의',
    live: '실거래',
    stop: '손절',
    target: '목표 도달',
    signal: '신호',
    trailing: '추적 손절',
    time: '보유 시간 초과',
    manual: '수동',
    emergency: '긴급 중단',
    dust: '잔량',
    true: '예',
    false: '아니요',
    DAILY_LOSS_EXCEEDED: '일일 손실 한도 초과',
    API_CONNECTION_LOST: 'API 연결 끊김',
    SYSTEM_ERROR: '시스템 오류',
    MANUAL_STOP: '수동 중단',
  },
  digest: {
    title: (count) => `알림 ${count}건`,
    summary: (count) => `알림 ${count}건을 한 번에 보내 드립니다.`,
  },
  footer: {
    open: '대시보드 열기',
    why: '설정에서 알림을 켜 두셨기 때문에 보내 드립니다.',
    unsubscribe: '알림 설정 변경',
    repeat: '같은 번호의 알림이 이미 전송되었을 수 있습니다',
  },
  codes: { title: '알림 채널 확인', summary: (code) => `확인 코드는 ${code}입니다. 15분 동안 유효합니다.` },
  test: { title: '테스트 알림', summary: '이 채널은 정상적으로 동작합니다.' },
};
