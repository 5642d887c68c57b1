import type { ApprovedEntry, EntryCandidate, RiskContext } from '../../../trading/risk/index.js';
import type { ClosedTrade, MarketSnapshot, Position, SymbolRules, TradingConfig } from '../../../trading/types.js';

/** Noon, 2024-08-05 UTC. */
export const NOON = Date.UTC(2024, 7, 5, 12);
export const MIDNIGHT = Date.UTC(2024, 7, 6);

export const config: TradingConfig = {
  tradingMode: 'AGGRESSIVE',
  mode: 'paper',
  shadow: false,
  maxDailyLossPct: 3,
  maxPositions: 5,
  tradingInterval: 300,
  symbols: ['BTC/USDT', 'ETH/USDT'],
  timeframe: '5m',
  entryPolicy: 'ensemble',
  positionSizePct: 2,
  stopLossPct: 1,
  takeProfitPct: 2,
  liquidateOnEmergency: false,
  apiConnectionLostAfter: 300,
  systemErrorAfter: 5,
  autoResumeNextDay: false,
  timeZone: 'UTC',
  notifications: { enabled: true, channels: ['dashboard'], tradeNotifications: true, errorNotifications: true },
  risk: {
    dailyLossWarningPct: 80,
    maxDrawdownPct: 20,
    maxExposurePct: 50,
    maxPositionsPerSymbol: 1,
    maxTradesPerDay: 20,
    maxCorrelatedExposurePct: 30,
    correlationThreshold: 0.8,
    losingStreakLimit: 4,
    cooldownMinutes: 30,
    maxSpreadPct: 0.3,
    maxAtrPercentile: 95,
    maxSlippagePct: 0.5,
    maxDataAgeCandles: 3,
    maxClockSkewMs: 1000,
    maxOrdersPerMinute: 30,
    maxOrderNotional: 5000,
    maxApiErrorRatePct: 50,
    maxApiLatencyMs: 5000,
    minEdgePct: 0.1,
    riskPerTradePct: 1,
    liveCapitalCap: 0,
  },
  exits: {
    trailingStopPct: 0,
    breakEvenAfterPct: 0,
    partialTakeProfitPct: 0,
    partialTakeProfitFraction: 0,
    maxHoldingMinutes: 0,
  },
};

export const rules: SymbolRules = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '9000',
  marketMinQuantity: '0',
  marketMaxQuantity: '100',
  marketStepSize: '0',
  minNotional: '5',
  maxNotional: '9000000',
  priceMultiplierUp: '5',
  priceMultiplierDown: '0.2',
  maxAlgoOrders: 5,
  ocoAllowed: true,
  makerFee: 0.001,
  takerFee: 0.001,
};

export function snapshot(symbol = 'BTC/USDT', over: Partial<MarketSnapshot> = {}): MarketSnapshot {
  const price = symbol === 'BTC/USDT' ? 60_000 : 3_000;
  return {
    symbol,
    price,
    bid: price * 0.9999,
    ask: price * 1.0001,
    spreadPct: 0.02,
    marketTime: NOON,
    candleTime: NOON - 300_000,
    ageSeconds: 10,
    atr: price * 0.002,
    atrPct: 0.2,
    atrPercentile: 50,
    anomalies: [],
    ...over,
  };
}

export function position(over: Partial<Position> = {}): Position {
  return {
    id: 'p1',
    symbol: 'BTC/USDT',
    status: 'OPEN',
    quantity: '0.01',
    entryQuantity: '0.01',
    entryPrice: '60000',
    entryFee: '0.6',
    entryTime: NOON - 3_600_000,
    stopPrice: '59400',
    targetPrice: '61200',
    highestPrice: '60000',
    partialTaken: false,
    protection: { orderListId: '1', stopClientOrderId: 's', targetClientOrderId: 't', quantity: '0.01', kind: 'OCO' },
    unprotectedSince: null,
    intentId: 'i',
    realizedPnl: '0',
    ...over,
  };
}

export function trade(over: Partial<ClosedTrade> = {}): ClosedTrade {
  return {
    positionId: 'p',
    symbol: 'BTC/USDT',
    entryTime: NOON - 7_200_000,
    entryPrice: '60000',
    exitTime: NOON - 3_600_000,
    exitPrice: '59400',
    quantity: '0.01',
    fees: '1.2',
    pnl: '-7.2',
    pnlPct: -1.2,
    exitReason: 'signal',
    ...over,
  };
}

/** The context's market from a record by symbol. */
export const markets =
  (known: Record<string, MarketSnapshot>): RiskContext['market'] =>
  (symbol) =>
    known[symbol];

/** A context's market with one symbol's changed. */
export const but =
  (before: RiskContext['market'], changed: MarketSnapshot): RiskContext['market'] =>
  (symbol) =>
    symbol === changed.symbol ? changed : before(symbol);

export function context(over: Partial<RiskContext> = {}): RiskContext {
  return {
    now: NOON,
    realNow: 1_800_000_000_000,
    config,
    account: { equity: 10_000, cash: 10_000, reserved: 0, unexplained: 0 },
    day: { key: '2024-08-05', openingEquity: 10_000, pnl: 0, pnlPct: 0, tradesToday: 0 },
    peakEquity: 10_000,
    positions: [],
    recentTrades: [],
    market: markets({ 'BTC/USDT': snapshot('BTC/USDT'), 'ETH/USDT': snapshot('ETH/USDT') }),
    correlation: () => null,
    exchange: {
      lastSuccessAt: 1_800_000_000_000 - 1000,
      errorRatePct: 0,
      latencyMs: 20,
      calls: 50,
      clockOffsetMs: 3,
      usedWeight: 10,
      weightLimit: 6000,
      bannedUntil: null,
    },
    ordersLastMinute: 0,
    fleetHalted: false,
    ...over,
  };
}

export function candidate(over: Partial<EntryCandidate> = {}): EntryCandidate {
  return {
    symbol: 'BTC/USDT',
    price: 60_000,
    signalPrice: 60_000,
    stopPrice: 59_400,
    targetPrice: 61_200,
    notional: 200,
    confidence: 70,
    feeRate: 0.001,
    ...over,
  };
}

/** The configuration with some of its risk limits changed. */
export function withRisk(risk: Partial<TradingConfig['risk']>, over: Partial<TradingConfig> = {}): TradingConfig {
  return { ...config, ...over, risk: { ...config.risk, ...risk } };
}

/** Entries that were approved before in the same cycle, of symbols that nothing else is of, or of the one given. */
export const planned = (count: number, notional = 0, symbol?: string): ApprovedEntry[] =>
  Array.from({ length: count }, (_, i) => ({ symbol: symbol ?? `P${i}/USDT`, notional }));
