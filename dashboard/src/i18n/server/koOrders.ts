import { ko } from '../ko.js';
import type { Sentence } from './sentences.js';

/** 섀도 모드, 주문 상태의 근거, 실거래 키에 관한 말. */
export const ORDER_LINES: readonly Sentence[] = [
  [
    /^SHADOW (\S+) BUY (\S+) not decided: (.+)$/,
    ([symbol, quantity, why = ''], say) => `섀도: ${symbol} ${quantity} 매수하지 않음: ${say(why)}`,
  ],
  [
    /^SHADOW (\S+) BUY (\S+) at (\S+), stop (\S+), target (\S+): nothing was sent$/,
    ([symbol, quantity, price, stop, target]) =>
      `섀도: ${symbol} ${quantity} 매수 판단, 가격 ${price}, 손절 ${stop}, 익절 ${target}: 주문은 보내지 않음`,
  ],
  [
    /^SHADOW (\S+) SELL (\S+) at (\S+) \((stop|target)\): nothing was sent$/,
    ([symbol, quantity, price, leg]) =>
      `섀도: ${symbol} ${quantity} 매도 판단, 가격 ${price} (${ko.exitReason[leg as 'stop']}): 주문은 보내지 않음`,
  ],
  [/^the one decided at (\S+) would still be open$/, ([time]) => `${time}에 판단한 포지션이 아직 보유 중이었을 것임`],
  [/^shadow mode(?:: .*)?$/, () => '섀도 모드: 거래소에 보내지 않음'],
  [/^the candle of (\S+) reached it$/, ([time]) => `${time} 캔들이 이 가격에 도달함`],
  [
    /^unknown to the exchange (\d+) ms after a request that was valid for (\d+) ms$/,
    ([after, valid]) => `유효 시간이 ${valid} ms인 요청 후 ${after} ms가 지나도 거래소에 없음`,
  ],
  [/^unknown to the exchange long after its fence$/, () => '유효 시간이 한참 지나도 거래소에 없음'],
  [/^its trades are on the exchange$/, () => '거래소에 이 주문의 체결이 있음'],
  [/^the plan is (\d+) s old$/, ([seconds]) => `계획이 ${seconds}초 지남`],
  [/^no price$/, () => '현재가를 알 수 없음'],
  [/^The exchange keys may be used again$/, () => '거래소 키를 다시 사용할 수 있음'],
  [/^No entries: (.+)$/, ([why = ''], say) => `매수하지 않음: ${say(why)}`],
  [
    /^These keys must not be used: (.+?)\.?$/,
    ([codes = '']) =>
      `사용할 수 없는 키: ${codes
        .split(', ')
        .map((code) => (ko.keys.problem as Readonly<Record<string, string>>)[code] ?? code)
        .join(', ')}`,
  ],
  [/^The exchange no longer accepts these keys\.$/, () => '거래소가 더 이상 이 키를 받아들이지 않습니다.'],
  [/^Live trading needs exchange keys: .*$/, () => '실거래에는 거래소 키가 필요합니다. 설정에서 입력하세요.'],
  [/^The exchange keys are not verified\.$/, () => '거래소 키가 확인되지 않았습니다.'],
  [/^The exchange keys could not be verified for two days\.$/, () => '이틀 동안 거래소 키를 확인하지 못했습니다.'],
];
