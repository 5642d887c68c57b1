import { RISK_CODES } from '../../../../trading/risk/codes.js';
import { localizeReason } from '../../../../trading/notifications/reasons.js';
import { riskEnd, riskName, riskUnit } from '../../../../trading/risk/describe.js';
import { ko } from '../ko.js';
import { EXCHANGE_LINES } from './koExchange.js';
import { ORDER_LINES } from './koOrders.js';
import { matching, type Sentence } from './sentences.js';

type Names = Readonly<Record<string, string>>;
const RISKS: Names = Object.fromEntries(RISK_CODES.map((code) => [code, riskName(code, 'ko')]));
const CODES: Names = { ...RISKS, ...ko.signalRejection, ...ko.anomalies.codes };
const named = (names: Names, codes: string): string =>
  codes
    .split(', ')
    .map((code) => names[code] ?? code)
    .join(', ');
const inList = (text: string): string =>
  text
    .split(', ')
    .map((part) => part.replace(/ (BUY|SELL|HOLD) /, (_, type: 'BUY') => ` ${ko.signalType[type]} `))
    .join(', ');
const who = (by: string): string =>
  by.startsWith('administrator')
    ? by.replace('administrator', '관리자')
    : ({ engine: '엔진', signal: '시그널' }[by] ?? by);

/** activities와 workflows가 쓰는 로그의 형태. 빠진 형태는 영어로 보인다. */
const LINES: readonly Sentence[] = [
  [
    /^Cycle (\d+): (.*); no new candle(?:; refused: (.*))?$/,
    ([cycle, prices, codes]) =>
      `사이클 ${cycle}: ${prices}; 새 캔들 없음${codes ? `; 거절: ${named(CODES, codes)}` : ''}`,
  ],
  [
    /^Cycle (\d+): ([^;]*); ([^;]*)(?:; refused: (.*))?$/,
    ([cycle, prices, signals = '', codes]) =>
      `사이클 ${cycle}: ${prices}; ${inList(signals)}${codes ? `; 거절: ${named(CODES, codes)}` : ''}`,
  ],
  [/^Cycle (\d+) was interrupted$/, ([cycle]) => `사이클 ${cycle} 도중에 멈춤`],
  [/^Cycle (\d+) failed: (.+)$/, ([cycle, why = ''], say) => `사이클 ${cycle} 실패: ${say(why)}`],
  [
    /^(\S+) (BUY|SELL|HOLD) at confidence (\d+)(?:: not taken \((.+)\))?$/,
    ([symbol, type, confidence, codes]) =>
      `${symbol} ${ko.signalType[type as 'BUY']}, 신뢰도 ${confidence}${codes ? `: 실행하지 않음 (${named(CODES, codes)})` : ''}`,
  ],
  [/^(\S+): outcome unknown, asking the exchange$/, ([symbol]) => `${symbol}: 결과를 알 수 없어 거래소에 확인하는 중`],
  [
    /^(\S+) BUY (\S+) not entered: (.+)$/,
    ([symbol, quantity, why = ''], say) => `${symbol} ${quantity} 매수하지 않음: ${say(why)}`,
  ],
  [
    /^(\S+) BUY (\S+) at (\S+)(?: \(of (\S+)\))?$/,
    ([symbol, quantity, price, whole]) =>
      `${symbol} ${quantity}${whole ? ` (주문 ${whole} 중)` : ''} 매수, 가격 ${price}`,
  ],
  [/^(\S+) SELL (\S+) at market$/, ([symbol, quantity]) => `${symbol} ${quantity} 시장가 매도`],
  [
    /^(\S+) SELL (\S+) not taken: (.+)$/,
    ([symbol, quantity, why = ''], say) => `${symbol} ${quantity} 매도가 받아들여지지 않음: ${say(why)}`,
  ],
  [
    /^(\S+): protection not placed \((.*)\)$/,
    ([symbol, why = ''], say) => `${symbol}: 보호 주문을 걸지 못함 (${say(why)})`,
  ],
  [
    /^(\S+): the exchange refuses every protection; selling$/,
    ([symbol]) => `${symbol}: 거래소가 보호 주문을 모두 거절하여 매도합니다`,
  ],
  [
    /^(\S+): stop (\S+)(?: and target (\S+))? on the exchange for (\S+)$/,
    ([symbol, stop, target, quantity]) =>
      `${symbol}: 손절 ${stop}${target ? `, 익절 ${target}` : ''} 주문을 거래소에 걺 (수량 ${quantity})`,
  ],
  [
    /^(\S+): an entry whose outcome was unknown is filled; protecting it$/,
    ([symbol]) => `${symbol}: 결과를 몰랐던 매수가 체결되어 보호 주문을 겁니다`,
  ],
  [
    /^(\S+): cancel not answered, asking for the orders$/,
    ([symbol]) => `${symbol}: 취소 응답이 없어 주문을 확인하는 중`,
  ],
  [
    /^(\S+) closed \((\w+)\): (\S+) at (\S+), PnL (\S+) \((\S+) %\)$/,
    ([symbol, reason, quantity, price, pnl, percent]) =>
      `${symbol} 청산 (${(ko.exitReason as Names)[reason!] ?? reason}): ${quantity}, 가격 ${price}, 손익 ${pnl} (${percent} %)`,
  ],
  [/^Trading started by (.+)$/, ([by = '']) => `자동매매 시작: ${who(by)}`],
  [
    /^Trading (stopped|\w+) by ([^:]+)(?:: (.+))?$/,
    ([status, by = '', why]) =>
      `자동매매 ${status === 'stopped' ? '중단' : ((ko.status as Names)[status!] ?? status)}: ${who(by)}${why ? ` (${why.replace(/^flat after reducing$/, '모두 청산됨').replace(/^reset:/, '초기화:')})` : ''}`,
  ],
  [/^Open entries not checked: (.+)$/, ([why = ''], say) => `미체결 매수를 확인하지 못함: ${say(why)}`],
  [
    /^Emergency stop reset by ([^:]+)(?:: (.+))?$/,
    ([by = '', why]) => `긴급 중단 초기화: ${who(by)}${why ? ` (${why})` : ''}`,
  ],
  [
    /^Emergency stop: (\w+)(?: \((.+)\))?$/,
    ([trigger, why]) =>
      `긴급 중단: ${(ko.trigger as Names)[trigger!] ?? trigger}${why ? ` (${localizeReason(why, 'ko')})` : ''}`,
  ],
  [/^No open position (\S+)$/, ([id]) => `보유하지 않은 포지션: ${id}`],
  [
    /^(\S+): its protection ended without executing; placing it again$/,
    ([symbol]) => `${symbol}: 보호 주문이 체결 없이 끝나 다시 겁니다`,
  ],
  [
    /^(\S+): stop moved from (\S+) to (\S+) \((\w+)\)$/,
    ([symbol, from, to, rule]) => `${symbol}: 손절가 ${from} → ${to} (${RULES[rule!] ?? rule})`,
  ],
  [
    /^(\d+) open entry orders cancelled, (\d+) found filled$/,
    ([gone, filled]) => `미체결 매수 ${gone}건 취소, ${filled}건은 이미 체결됨`,
  ],
  [/^(\d+) positions sold, (\d+) left$/, ([sold, left]) => `포지션 ${sold}건 매도, ${left}건 남음`],
  [
    /^Verified on the exchange: (\d+) entry orders open, (\d+) protective orders resting, (\d+) positions held$/,
    ([open, resting, held]) => `거래소에서 확인: 미체결 매수 ${open}건, 보호 주문 ${resting}건, 포지션 ${held}건`,
  ],
  [/^Halted: nothing is sent any more but .*$/, () => '정지: 보유를 줄이는 매도와 취소 외에는 아무것도 보내지 않음'],
  [/^Notified$/, () => '알림을 보냄'],
  [/^The notification is on its way, and not stored yet$/, () => '알림을 보내는 중'],
  [/^Finished$/, () => '완료'],
  [/^Asked for; no worker has taken it up yet$/, () => '요청됨; 아직 처리하는 워커가 없음'],
  [/^Halted; its turn is yet to come$/, () => '정지됨; 처리 순서를 기다리는 중'],
  [
    /^(\S+ \S+) were on the account before: .*$/,
    ([size]) => `${size}: 처음부터 계정에 있던 자산이며 포지션과 손익에서 제외하고 팔지 않음`,
  ],
  [/^Deposit of (.+) seen: .*$/, ([size]) => `입금 ${size}: 손익과 한도에서 제외`],
  [/^Withdrawal of (.+) seen: .*$/, ([size]) => `출금 ${size}: 손익과 한도에서 제외`],
  [/^A withdrawal of (.+) has failed; the money is back$/, ([size]) => `출금 ${size} 실패: 돈이 돌아옴`],
  [
    /^Trade by hand seen: (bought|sold) (.+) on (\S+); .*$/,
    ([side, size, symbol]) =>
      `직접 한 거래: ${symbol} ${size} ${side === 'bought' ? '매수' : '매도'}; 건드리지 않고 손익과 한도에서 제외`,
  ],
  [
    /^(\S+): the open order (\S+) is not ours; left alone$/,
    ([symbol, id]) => `${symbol}: 미체결 주문 ${id}은(는) 우리 것이 아니므로 그대로 둠`,
  ],
  [
    /^(\S+): a fill of (\S+) was missing from the books; stored$/,
    ([symbol, id]) => `${symbol}: 장부에 없던 ${id} 체결을 기록함`,
  ],
  [
    /^(\S+): (\S+) no longer rests on the exchange; looking after its position$/,
    ([symbol, id]) => `${symbol}: ${id} 주문이 거래소에 없어 포지션을 점검함`,
  ],
  [
    /^(\S+): (\S+) rested for a position that is closed; cancelled$/,
    ([symbol, id]) => `${symbol}: 이미 청산된 포지션의 주문 ${id}을(를) 취소함`,
  ],
  [
    /^(\S+): (\S+) carries our mark and is not in our books; left alone$/,
    ([symbol, id]) => `${symbol}: ${id}은(는) 장부에 없어 그대로 둠`,
  ],
  [
    /^Unexplained change of (.+): no entries until it is explained$/,
    ([change]) => `설명되지 않는 변동 ${change}: 밝혀질 때까지 매수하지 않음`,
  ],
  [
    /^Change of (.+) without a record of the exchange: .*$/,
    ([change]) => `거래소 기록이 없는 변동 ${change}: 이체로 보고 손익과 한도에서 제외`,
  ],
  [
    /^(\S+ \S+) less than our positions hold: .*$/,
    ([size]) => `${size}이(가) 포지션보다 부족함: 다른 곳에서 팔거나 출금함`,
  ],
  [/^trading was stopped$/, () => '매매가 중단됨'],
  [/^trading is halted by an emergency stop$/, () => '긴급 중단 상태'],
  [/^the fleet is stopped$/, () => '전체 매매 중단 상태'],
  [/^too many entries at once: .*$/, () => '동시에 들어온 진입이 너무 많음: 다음 주기에 다시 판단함'],
  [/^it never reached the exchange$/, () => '거래소에 도달하지 않음'],
  [/^the intent was removed while it was written$/, () => '기록하는 동안 취소됨'],
  [/^given up before$/, () => '이전에 포기함'],
  [/^refused before$/, () => '이전에 거절됨'],
  [/^The step did not answer in time$/, () => '단계가 제때 응답하지 않음'],
  [/^no symbol has usable market data$/, () => '사용할 수 있는 시장 데이터가 없음'],
  [
    /^(\S+): (.+?): (\S+) (\S.*?) of at (most|least) (\S+) \4(?:; (until .+))?$/,
    ([symbol, name = '', actual, unit = '', bound, limit, until]) =>
      `${symbol}: ${RISK_WORDS[name] ?? name}: ${actual} ${riskUnit(unit, 'ko')} (${bound === 'least' ? '최소' : '최대'} ${limit} ${riskUnit(unit, 'ko')})${until ? `; ${RISK_ENDS[until] ?? `${until.replace(/^until /, '')}까지`}` : ''}`,
  ],
  [/^(\S+): ([A-Z_]+)$/, ([symbol, code = '']) => `${symbol}: ${CODES[code] ?? code}`],
  ...ORDER_LINES,
  ...EXCHANGE_LINES,
  // Whatever is said of a symbol.
  [/^(\S+\/\S+): (.+)$/, ([symbol, said = ''], say) => `${symbol}: ${say(said)}`],
];

const RULES: Names = {
  trailing: '추적 손절',
  breakEven: '본전 이동',
  time: '보유 시간',
  partial: '부분 익절',
  unprotected: '보호 없음',
};
const RISK_ENDS: Names = Object.fromEntries(RISK_CODES.map((code) => [riskEnd(code, 'en'), riskEnd(code, 'ko')]));
const RISK_WORDS: Names = Object.fromEntries(RISK_CODES.map((code) => [riskName(code, 'en'), riskName(code, 'ko')]));

export const logLine = matching(LINES);
