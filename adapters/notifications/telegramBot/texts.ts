import type { MessageLocale } from '../../../trading/notifications/index.js';
import { describeCode, grouped, localizeReason } from '../../../trading/notifications/index.js';
import type { RiskState, StatusView, TradingStatus } from '../../../trading/types.js';
import { escapeHtml } from '../telegram.js';

/** A position as the bot shows it; prices and amounts as decimal texts. */
export interface ShownPosition {
  symbol: string;
  quantity: string;
  entryPrice: string;
  stopPrice: string;
  targetPrice: string;
  protected: boolean;
}

/** What the bot says, in Telegram's HTML. */
export interface BotTexts {
  help: string;
  status(status: StatusView): string;
  positions(positions: readonly ShownPosition[]): string;
  profit(status: StatusView): string;
  askStart: string;
  yesStart: string;
  started: string;
  stopped: string;
  askEmergency: string;
  yes: string;
  no: string;
  cancelled: string;
  expired: string;
  emergency(status: string): string;
  refused(reason: string): string;
  failed: string;
  late: string;
}

const money = (value: number): string => grouped(value.toFixed(2));
const signed = (value: number): string => `${value < 0 ? '' : '+'}${money(value)}`;
const bold = (text: string): string => `<b>${escapeHtml(text)}</b>`;

const en: BotTexts = {
  help: 'Commands: /status, /positions, /profit, /start, /stop, /emergency',
  status: (status) =>
    [
      `Trading is ${bold(status.status)} (${status.mode}), risk ${bold(status.riskState)}`,
      `Cycle ${status.cycle}, ${status.openPositions} positions, ${status.tradesToday} trades today`,
      `Equity ${bold(money(status.equity))}, today ${bold(`${signed(status.dailyPnl)} (${signed(status.dailyPnlPct)} %)`)}`,
      ...(status.lastError ? [`Last error: ${escapeHtml(status.lastError.message)}`] : []),
    ].join('\n'),
  positions: (positions) =>
    positions.length === 0
      ? 'No open positions.'
      : positions
          .map(
            (each) =>
              `${bold(each.symbol)} ${each.quantity} at ${grouped(each.entryPrice)}\nstop ${grouped(each.stopPrice)}, target ${grouped(each.targetPrice)}${each.protected ? '' : ' — <b>not protected on the exchange</b>'}`,
          )
          .join('\n\n'),
  profit: (status) =>
    `Today: ${bold(`${signed(status.dailyPnl)} (${signed(status.dailyPnlPct)} %)`)}\nEquity: ${bold(money(status.equity))}`,
  askStart: 'Start trading with <b>real money</b>?',
  yesStart: 'Start live trading',
  started: 'Trading is started.',
  stopped: 'Trading is stopped. Open entries are cancelled; what protects positions stays on the exchange.',
  askEmergency: 'Stop everything now? Trading stays stopped until you reset it on the dashboard.',
  yes: 'Stop everything',
  no: 'No',
  cancelled: 'Nothing was done.',
  expired: 'That question is too old. Send the command again.',
  emergency: (status) => `EMERGENCY STOP: ${escapeHtml(status)}`,
  refused: (reason) => `Not done: ${escapeHtml(reason)}`,
  failed: 'That did not work just now. Try again, or use the dashboard.',
  late: 'This command came too late and was not carried out. Send it again if you still want it.',
};

/** What the code means first: the words after it may be another's, in another language. */
const lastError = ({ code, message }: NonNullable<StatusView['lastError']>): string =>
  `${describeCode(code, 'ko')}: ${localizeReason(message, 'ko')}`;

const STATES: Readonly<Record<string, string>> = {
  STOPPED: '중지',
  RUNNING: '실행 중',
  REDUCING: '축소 중',
  EMERGENCY_STOPPED: '긴급 중단',
  ACTIVE: '정상',
  HALTED: '정지',
} satisfies Record<TradingStatus | RiskState, string>;

const ko: BotTexts = {
  help: '명령어: /status, /positions, /profit, /start, /stop, /emergency',
  status: (status) =>
    [
      `자동매매 상태: ${bold(STATES[status.status] ?? status.status)} (${status.mode === 'live' ? '실거래' : '모의'}), 위험 상태: ${bold(STATES[status.riskState] ?? status.riskState)}`,
      `주기 ${status.cycle}, 포지션 ${status.openPositions}개, 오늘 거래 ${status.tradesToday}건`,
      `평가 자산 ${bold(money(status.equity))}, 오늘 손익 ${bold(`${signed(status.dailyPnl)} (${signed(status.dailyPnlPct)} %)`)}`,
      ...(status.lastError ? [`최근 오류: ${escapeHtml(lastError(status.lastError))}`] : []),
    ].join('\n'),
  positions: (positions) =>
    positions.length === 0
      ? '보유 포지션이 없습니다.'
      : positions
          .map(
            (each) =>
              `${bold(each.symbol)} ${each.quantity}개, 진입가 ${grouped(each.entryPrice)}\n손절 ${grouped(each.stopPrice)}, 목표 ${grouped(each.targetPrice)}${each.protected ? '' : ' — <b>거래소 보호 주문 없음</b>'}`,
          )
          .join('\n\n'),
  profit: (status) =>
    `오늘 손익: ${bold(`${signed(status.dailyPnl)} (${signed(status.dailyPnlPct)} %)`)}\n평가 자산: ${bold(money(status.equity))}`,
  askStart: '<b>실제 자금</b>으로 자동매매를 시작할까요?',
  yesStart: '실거래 시작',
  started: '자동매매를 시작했습니다.',
  stopped: '자동매매를 중단했습니다. 진입 주문은 취소되었고, 보호 주문은 거래소에 남아 있습니다.',
  askEmergency: '지금 모두 중단할까요? 대시보드에서 재설정할 때까지 거래가 중단됩니다.',
  yes: '긴급 중단',
  no: '아니요',
  cancelled: '아무것도 하지 않았습니다.',
  expired: '확인 시간이 지났습니다. 명령을 다시 보내 주세요.',
  emergency: (status) => `긴급 중단: ${escapeHtml(status.replace(/^[A-Z_]+/, (state) => STATES[state] ?? state))}`,
  refused: (reason) => `실행되지 않았습니다: ${escapeHtml(localizeReason(reason, 'ko'))}`,
  failed: '지금은 실행할 수 없습니다. 다시 시도하거나 대시보드를 이용해 주세요.',
  late: '명령이 너무 늦게 도착하여 실행하지 않았습니다. 필요하면 다시 보내 주세요.',
};

export const BOT_TEXTS = { en, ko } satisfies Record<MessageLocale, BotTexts>;
