import { checkEntry, type EntryCandidate, type RiskContext } from '../../../trading/risk/index.js';
import type { Anomaly } from '../../../trading/types.js';
import { but, candidate, config, context, NOON, planned, position, snapshot, trade, withRisk } from './fixtures.js';

const base = context();
const btc = (over: Parameters<typeof snapshot>[1]): Partial<RiskContext> => ({
  market: but(base.market, snapshot('BTC/USDT', over)),
});
const anomaly = (code: Anomaly['code']): Partial<RiskContext> =>
  btc({ anomalies: [{ code, symbol: 'BTC/USDT', actual: 7, limit: 5, unit: 'ATR' }] });
const eth = (quantity: string) =>
  position({ id: 'e', symbol: 'ETH/USDT', quantity, entryQuantity: quantity, entryPrice: '3000' });
/** What is known of one pair. */
const pair =
  (one: string, other: string, value: number): RiskContext['correlation'] =>
  (a, b) =>
    [a, b].sort().join() === [one, other].sort().join() ? value : null;
const apart = pair('BTC/USDT', 'ETH/USDT', 0.79);
const others = (count: number) =>
  Array.from({ length: count }, (_, i) => position({ symbol: `C${i}/USDT`, quantity: '0.0001' }));
const stopped = (minutesAgo: number, symbol = 'BTC/USDT') =>
  trade({ symbol, exitReason: 'stop', exitTime: NOON - minutesAgo * 60_000 });

type Case = [string, Partial<RiskContext>, Partial<EntryCandidate>, object | null];
const refusal = (code: string, limit: number, actual: number, unit: string, more = {}) => ({
  approved: false,
  code,
  symbol: 'BTC/USDT',
  limit: expect.closeTo(limit, 6),
  actual: expect.closeTo(actual, 6),
  unit,
  ...more,
});

test.each<Case>([
  ['a sound entry is approved', {}, {}, null],
  ['a halted account refuses every entry', { fleetHalted: true }, {}, refusal('FLEET_HALTED', 0, 1, 'stop')],
  ['an account near its limit refuses too', { day: { ...base.day, pnlPct: -2.7 } }, {}, { code: 'DAILY_LOSS_NEAR' }],
  ['a warning alone refuses nothing', { day: { ...base.day, pnlPct: -2.5 } }, {}, null],

  ['data at the age limit is used', btc({ ageSeconds: 900 }), {}, null],
  ['older data is refused', btc({ ageSeconds: 901.5 }), {}, refusal('STALE_DATA', 3, 3.005, 'candles')],
  ['a symbol without data is refused', { market: () => undefined }, {}, refusal('ANOMALOUS_DATA', 1, 0, 'snapshots')],
  ['data marked stale is refused', anomaly('STALE_DATA'), {}, refusal('STALE_DATA', 5, 7, 'ATR')],
  ['data with holes is refused', anomaly('GAPPED_DATA'), {}, refusal('ANOMALOUS_DATA', 5, 7, 'ATR')],
  ['a market without trades is refused', anomaly('FROZEN_MARKET'), {}, refusal('ANOMALOUS_DATA', 5, 7, 'ATR')],
  ['a spike of volume is no reason', anomaly('VOLUME_SPIKE'), {}, null],
  ['a jump of the price is', anomaly('PRICE_JUMP'), {}, refusal('PRICE_GAP', 5, 7, 'ATR')],
  ['a spread marked wide is', anomaly('WIDE_SPREAD'), {}, refusal('SPREAD', 5, 7, 'ATR')],
  ['a spread at its limit is borne', btc({ spreadPct: 0.3 }), {}, null],
  ['volatility at its limit is borne', btc({ atrPercentile: 95 }), {}, null],
  [
    'volatility over it is refused',
    btc({ atrPercentile: 96 }),
    {},
    refusal('MARKET_VOLATILITY', 95, 96, 'percentile of ATR'),
  ],
  [
    'another symbol’s trouble is not ours',
    { market: but(base.market, snapshot('ETH/USDT', { spreadPct: 9 })) },
    {},
    null,
  ],

  [
    'a stop makes its symbol rest',
    { recentTrades: [stopped(29.5), stopped(90)] },
    {},
    refusal('STOP_COOLDOWN', 30, 29, 'min', { until: NOON + 30_000 }),
  ],
  ['until its time is over', { recentTrades: [stopped(30)] }, {}, null],
  ['another symbol’s stop does not', { recentTrades: [stopped(1, 'ETH/USDT')] }, {}, null],
  ['another exit does not', { recentTrades: [trade({ exitReason: 'signal', exitTime: NOON - 1 })] }, {}, null],

  ['the mode’s confidence is enough', {}, { confidence: 40 }, null],
  ['less is refused', {}, { confidence: 39 }, refusal('LOW_CONFIDENCE', 40, 39, 'points')],
  ['no number is less', {}, { confidence: NaN }, { code: 'LOW_CONFIDENCE' }],
  [
    'a careful mode asks for more',
    { config: { ...config, tradingMode: 'CONSERVATIVE' } },
    { confidence: 64 },
    refusal('LOW_CONFIDENCE', 65, 64, 'points'),
  ],
  ['the cycle’s last entry is allowed', {}, { thisCycle: planned(2) }, null],
  ['one more is not', {}, { thisCycle: planned(3) }, refusal('MAX_ENTRIES_PER_CYCLE', 3, 4, 'entries')],

  ['the last position is allowed', { positions: others(4) }, {}, null],
  ['one more is not', { positions: others(5) }, {}, refusal('MAX_POSITIONS', 5, 6, 'positions')],
  [
    'entries of this cycle count as positions',
    { positions: others(4) },
    { thisCycle: planned(1) },
    refusal('MAX_POSITIONS', 5, 6, 'positions'),
  ],
  [
    'closed positions do not',
    { positions: others(9).map((each) => ({ ...each, status: 'CLOSED' as const })) },
    {},
    null,
  ],
  [
    'a second position in a symbol is refused',
    { positions: [position()] },
    {},
    refusal('MAX_POSITIONS_PER_SYMBOL', 1, 2, 'positions'),
  ],
  [
    'so is a second entry in a symbol in one cycle',
    {},
    { thisCycle: planned(1, 10, 'BTC/USDT') },
    refusal('MAX_POSITIONS_PER_SYMBOL', 1, 2, 'positions'),
  ],
  ['unless two are allowed', { positions: [position()], config: withRisk({ maxPositionsPerSymbol: 2 }) }, {}, null],

  ['exposure up to its limit is allowed', { correlation: apart, positions: [eth('1.6')] }, {}, null],
  [
    'exposure over it is not',
    { correlation: apart, positions: [eth('1.61')] },
    {},
    refusal('MAX_EXPOSURE', 50, 50.3, '%'),
  ],
  [
    'this cycle’s entries count',
    { correlation: apart, positions: [eth('1.6')] },
    { thisCycle: planned(1, 1) },
    refusal('MAX_EXPOSURE', 50, 50.01, '%'),
  ],
  [
    'an entry under way counts as what it may become',
    { correlation: apart, positions: [{ ...eth('0'), status: 'OPENING' as const, entryQuantity: '1.61' }] },
    {},
    { code: 'MAX_EXPOSURE' },
  ],
  [
    'an account without equity is over its limit',
    { account: { ...base.account, equity: 0 }, peakEquity: 0 },
    {},
    { code: 'MAX_EXPOSURE', actual: Number.MAX_SAFE_INTEGER },
  ],
  [
    'so is one in debt',
    { account: { ...base.account, equity: -100 }, peakEquity: 0 },
    {},
    { code: 'MAX_EXPOSURE', actual: Number.MAX_SAFE_INTEGER },
  ],
  [
    'what was sold of a position counts no more',
    { correlation: apart, positions: [{ ...eth('0.5'), entryQuantity: '1.7' }] },
    {},
    null,
  ],
  [
    'of an entry under way what has come counts where it is more than was planned',
    { correlation: apart, positions: [{ ...eth('1.61'), status: 'OPENING' as const, entryQuantity: '0' }] },
    {},
    { code: 'MAX_EXPOSURE' },
  ],
  [
    'a position is worth what the market says',
    { correlation: apart, positions: [{ ...eth('1.61'), entryPrice: '1' }] },
    {},
    { code: 'MAX_EXPOSURE' },
  ],
  [
    'and what was paid where the market is unknown',
    { correlation: pair('BTC/USDT', 'ADA/USDT', 0), positions: [{ ...eth('1.61'), symbol: 'ADA/USDT' }] },
    {},
    refusal('MAX_EXPOSURE', 50, 50.3, '%'),
  ],
  [
    'live’s capital is capped',
    { config: withRisk({ liveCapitalCap: 150 }, { mode: 'live' }) },
    {},
    refusal('LIVE_CAPITAL_CAP', 150, 200, 'USDT'),
  ],
  ['up to the cap', { config: withRisk({ liveCapitalCap: 200 }, { mode: 'live' }) }, {}, null],
  ['a cap of 0 is none', { config: withRisk({ liveCapitalCap: 0 }, { mode: 'live' }) }, {}, null],
  ['paper’s is not', { config: withRisk({ liveCapitalCap: 150 }) }, {}, null],

  [
    'symbols that move together share a limit',
    { correlation: pair('BTC/USDT', 'ETH/USDT', 0.8), positions: [eth('0.95')] },
    {},
    refusal('CORRELATED_EXPOSURE', 30, 30.5, '%'),
  ],
  ['up to it', { correlation: pair('ETH/USDT', 'BTC/USDT', 0.9), positions: [eth('0.9')] }, { notional: 300 }, null],
  [
    'an entry of this cycle shares it too',
    { correlation: pair('BTC/USDT', 'ETH/USDT', 0.8) },
    { thisCycle: planned(1, 2_850, 'ETH/USDT') },
    refusal('CORRELATED_EXPOSURE', 30, 30.5, '%'),
  ],
  ['but for one that moves apart', { correlation: apart }, { thisCycle: planned(1, 2_850, 'ETH/USDT') }, null],
  ['symbols that move apart do not', { correlation: apart, positions: [eth('0.95')] }, {}, null],
  ['unknown symbols count as together', { positions: [eth('0.95')] }, {}, { code: 'CORRELATED_EXPOSURE' }],
  [
    'the symbol itself always does',
    {
      positions: [position({ quantity: '0.05' })],
      config: withRisk({ maxPositionsPerSymbol: 2 }),
      correlation: pair('BTC/USDT', 'BTC/USDT', 0),
    },
    {},
    { code: 'CORRELATED_EXPOSURE' },
  ],

  ['the last order of the minute is allowed', { ordersLastMinute: 29 }, {}, null],
  ['one more is not', { ordersLastMinute: 30 }, {}, refusal('ORDER_RATE', 30, 31, 'orders/min')],
  ['0 orders a minute is off', { ordersLastMinute: 99, config: withRisk({ maxOrdersPerMinute: 0 }) }, {}, null],
  [
    'a big order is refused',
    { config: withRisk({ maxOrderNotional: 199 }) },
    {},
    refusal('ORDER_NOTIONAL', 199, 200, 'USDT'),
  ],
  ['one of just the size is not', { config: withRisk({ maxOrderNotional: 200 }) }, {}, null],
  ['0 is off', { config: withRisk({ maxOrderNotional: 0 }) }, {}, null],

  ['the last cent can be spent', { account: { ...base.account, cash: 200.2 } }, {}, null],
  [
    'not more',
    { account: { ...base.account, cash: 200.19 } },
    {},
    refusal('INSUFFICIENT_BALANCE', 200.19, 200.2, 'USDT'),
  ],
  [
    'what is reserved is gone',
    { account: { ...base.account, cash: 300, reserved: 100 } },
    {},
    refusal('INSUFFICIENT_BALANCE', 200, 200.2, 'USDT'),
  ],
  [
    'what this cycle spent is gone, with its fee',
    { account: { ...base.account, cash: 400.3 } },
    { thisCycle: planned(1, 200) },
    refusal('INSUFFICIENT_BALANCE', 200.1, 200.2, 'USDT'),
  ],

  [
    'a price that ran away is refused',
    {},
    { price: 60_301, targetPrice: 62_000 },
    refusal('SLIPPAGE', 0.5, 0.5016666667, '%'),
  ],
  ['one just inside is not', {}, { price: 60_300, targetPrice: 62_000 }, null],
  [
    'one of just the limit is not',
    { config: withRisk({ maxSlippagePct: 0.390625 }) },
    { price: 64.25, signalPrice: 64, stopPrice: 60, targetPrice: 72 },
    null,
  ],
  ['a price that fell is no slippage', {}, { price: 59_500 }, null],
  ['a price at the stop is too late', {}, { price: 59_400 }, refusal('INVALID_LEVELS', 59_400, 59_400, 'USDT')],
  ['a price at the target is too late', {}, { price: 61_200 }, refusal('INVALID_LEVELS', 61_200, 61_200, 'USDT')],

  ['a target that pays its costs is enough', { config: withRisk({ minEdgePct: 1.77 }) }, {}, null],
  [
    'one that does not is refused',
    { config: withRisk({ minEdgePct: 1.79 }) },
    {},
    refusal('MIN_EDGE', 1.79, 1.78, '%'),
  ],
  ['the edge policy weighs gain and loss', { config: { ...config, entryPolicy: 'edge' } }, { probability: 0.5 }, null],
  [
    'a coin toss at even odds is refused',
    { config: { ...config, entryPolicy: 'edge' } },
    { probability: 0.4 },
    refusal('MIN_EDGE', 0.1, -0.02, '%'),
  ],
  [
    'the further the stop, the more a loss weighs',
    { config: { ...config, entryPolicy: 'edge' } },
    { probability: 0.5, stopPrice: 58_800 },
    refusal('MIN_EDGE', 0.1, -0.22, '%'),
  ],
  [
    'an edge of just the least is enough',
    { config: withRisk({ minEdgePct: 12.5 }), ...btc({ spreadPct: 0 }) },
    { price: 64, signalPrice: 64, stopPrice: 60, targetPrice: 72, feeRate: 0 },
    null,
  ],
  [
    'without a model the edge policy never enters',
    { config: { ...config, entryPolicy: 'edge' } },
    {},
    refusal('MIN_EDGE', 0.1, -1.22, '%'),
  ],
])('%s', (_name, over, entry, expected) => {
  const answer = checkEntry(context(over), candidate(entry));
  if (expected === null) expect(answer).toEqual({ approved: true });
  else expect(answer).toMatchObject(expected);
});

test('the gravest refusal is the one shown', () => {
  const everything = context({ fleetHalted: true, ordersLastMinute: 99, account: { ...base.account, cash: 0 } });
  expect(checkEntry(everything, candidate({ confidence: 0 }))).toMatchObject({ code: 'FLEET_HALTED' });
});
