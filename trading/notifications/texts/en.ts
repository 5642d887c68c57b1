import type { Shown, Texts } from '../message.js';

const closed = (event: Shown): string =>
  `${event('symbol')}: sold ${event('quantity')} at ${event('price')}, result ${event('pnl')} (${event('pnlPct')})`;

/** What the code means before what somebody said of this time. */
const withCode = (event: Shown, said: string): string => {
  const text = [event('code'), said].filter(Boolean).join(': ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** An outage that trading tells has its length; the watchdog's reason says all there is. */
const withSilence = (event: Shown): string =>
  event('seconds') === ''
    ? event('reason')
    : `The exchange has not answered for ${event('seconds')} s: ${event('reason')}`;

export const EN: Texts = {
  titles: {
    TRADE_EXECUTED: (event) => `${event('symbol')} ${event('side').toLowerCase() || 'traded'}`,
    PROFIT_TARGET_HIT: (event) => `${event('symbol')} reached its target: ${event('pnl')}`,
    STOP_LOSS_HIT: (event) => `${event('symbol')} hit its stop: ${event('pnl')}`,
    DAILY_LOSS_WARNING: () => 'Daily loss is near its limit',
    SYSTEM_ERROR: () => 'System error',
    API_CONNECTION_LOST: () => 'Connection to the exchange is lost',
    EMERGENCY_STOP: () => 'EMERGENCY STOP',
  },
  summaries: {
    TRADE_EXECUTED: (event) =>
      event('pnl') === ''
        ? `${event('symbol')}: ${event('side').toLowerCase() || 'traded'} ${event('quantity')} at ${event('price')}`
        : closed(event),
    PROFIT_TARGET_HIT: closed,
    STOP_LOSS_HIT: closed,
    DAILY_LOSS_WARNING: (event) =>
      `Today's result is ${event('dailyPnlPct') || event('lossPct')}; trading ends for the day at a loss of ${event('limitPct')}.`,
    SYSTEM_ERROR: (event) =>
      event('message') || withCode(event, event('reason')) || 'Something failed; the log tells more.',
    API_CONNECTION_LOST: (event) =>
      withSilence(event) || 'The exchange does not answer. What protects your positions rests on the exchange itself.',
    EMERGENCY_STOP: (event) =>
      `Trading was stopped (${event('trigger')}). It stays so until you reset it. ${event('reason')}`,
  },
  labels: {
    symbol: 'Market',
    side: 'Side',
    quantity: 'Quantity',
    price: 'Price',
    stopPrice: 'Stop',
    targetPrice: 'Target',
    confidence: 'Confidence',
    pnl: 'Result',
    pnlPct: 'Result in percent',
    exitReason: 'Closed by',
    mode: 'Account',
    dailyPnl: 'Result today',
    dailyPnlPct: 'Result today in percent',
    lossPct: 'Result today in percent',
    limitPct: 'Limit',
    equity: 'Equity',
    trigger: 'Trigger',
    reason: 'Reason',
    message: 'Message',
    code: 'Code',
    component: 'Part',
    cancelledOrders: 'Orders cancelled',
    liquidated: 'Positions sold',
    openOrdersAfter: 'Entry orders still open',
    protectiveOrders: 'Protective orders on the exchange',
    positionsAfter: 'Positions held',
    count: 'Count',
    day: 'Day',
    seconds: 'Seconds',
    by: 'Asked by',
  },
  words: {
    BUY: 'Bought',
    SELL: 'Sold',
    paper: 'paper',
    live: 'LIVE',
    stop: 'stop',
    target: 'target',
    signal: 'signal',
    trailing: 'trailing stop',
    time: 'time limit',
    manual: 'by hand',
    emergency: 'emergency stop',
    dust: 'remainder',
    true: 'yes',
    false: 'no',
    DAILY_LOSS_EXCEEDED: 'daily loss limit',
    API_CONNECTION_LOST: 'connection lost',
    SYSTEM_ERROR: 'system error',
    MANUAL_STOP: 'by hand',
  },
  digest: {
    title: (count) => `${count} notifications`,
    summary: (count) => `${count} notifications were gathered into this one.`,
  },
  footer: {
    open: 'Open the dashboard',
    why: 'You receive this because notifications are switched on in your settings.',
    unsubscribe: 'Change what you receive',
    repeat: 'may repeat an earlier message with this id',
  },
  codes: { title: 'Confirm this channel', summary: (code) => `Your code is ${code}. It is valid for 15 minutes.` },
  test: { title: 'Test notification', summary: 'This channel works.' },
};
