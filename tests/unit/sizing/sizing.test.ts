import fc from 'fast-check';
import { MODES, sizeEntry, type SizingInput } from '../../../trading/sizing/index.js';
import { volatilityScale } from '../../../trading/sizing/caps.js';
import { TRADING_MODES } from '../../../trading/types.js';
import { config, rules, withRisk } from '../risk/fixtures.js';

const input = (over: Partial<SizingInput> = {}): SizingInput => ({
  equity: 10_000,
  freeQuote: 10_000,
  price: 60_000,
  stopPrice: 59_400,
  atrPct: 0.2,
  config,
  rules,
  exposureNow: 0,
  feeRate: 0.001,
  ...over,
});

test('with the defaults an aggressive user buys for 2 % of the equity', () => {
  // 200 / 60,000 = 0.00333 on step; loss 0.00333 x (600 + 119.4)
  expect(sizeEntry(input())).toEqual({
    approved: true,
    quantity: '0.00333',
    notional: '199.8',
    riskAmount: '2.395602',
  });
});

test.each([
  ['CONSERVATIVE', '0.00166'],
  ['MODERATE', '0.0025'],
  ['AGGRESSIVE', '0.00333'],
] as const)('%s scales the size by its factor', (tradingMode, quantity) => {
  expect(sizeEntry(input({ config: { ...config, tradingMode } }))).toMatchObject({ quantity });
});

test.each<[string, Partial<SizingInput>, string]>([
  // budget 100 / (600 + 119.4) = 0.13900
  [
    'the risk budget',
    { config: withRisk({ maxExposurePct: 100, maxOrderNotional: 0 }, { positionSizePct: 100 }) },
    '0.139',
  ],
  [
    'half the risk budget where the stop has half the room it needs',
    { config: withRisk({ maxExposurePct: 100, maxOrderNotional: 0 }, { positionSizePct: 100 }), atrPct: 2 },
    '0.0695',
  ],
  ['the exposure that is left', { exposureNow: 4_940 }, '0.001'],
  ['the free balance with the fee on top', { freeQuote: 60.06 }, '0.001'],
  ['the free balance with a dear fee on top', { freeQuote: 60.6, feeRate: 0.01 }, '0.001'],
  ['the value of one order', { config: withRisk({ maxOrderNotional: 60 }) }, '0.001'],
  [
    'live’s capital, less what is in the market',
    { config: withRisk({ liveCapitalCap: 160 }, { mode: 'live' }), exposureNow: 100 },
    '0.001',
  ],
  ['the exchange’s largest order', { rules: { ...rules, maxQuantity: '0.001' } }, '0.001'],
  ['the exchange’s largest market order', { rules: { ...rules, marketMaxQuantity: '0.001' } }, '0.001'],
  ['the exchange’s largest value', { rules: { ...rules, maxNotional: '60' } }, '0.001'],
  ['a coarse lot', { rules: { ...rules, stepSize: '0.002' } }, '0.002'],
  ['a coarser lot for market orders', { rules: { ...rules, marketStepSize: '0.003' } }, '0.003'],
])('the size is bounded by %s', (_name, over, quantity) => {
  expect(sizeEntry(input(over))).toMatchObject({ approved: true, quantity });
});

test.each<[string, Partial<SizingInput>, object]>([
  ['paper has no cap on its capital', { config: withRisk({ liveCapitalCap: 60 }) }, { quantity: '0.00333' }],
  [
    'a limit of 0 on orders is off',
    { config: withRisk({ maxOrderNotional: 0, liveCapitalCap: 0 }, { mode: 'live' }) },
    { quantity: '0.00333' },
  ],
  ['a market maximum of 0 is none', { rules: { ...rules, marketMaxQuantity: '0' } }, { quantity: '0.00333' }],
  ['without a largest value there is none', { rules: { ...rules, maxNotional: undefined } }, { quantity: '0.00333' }],
])('%s', (_name, over, expected) => {
  expect(sizeEntry(input(over))).toMatchObject(expected);
});

const refusal = (code: string, limit: number, actual: number) => ({
  approved: false,
  code,
  symbol: 'BTC/USDT',
  limit,
  actual: expect.closeTo(actual, 6),
  unit: 'USDT',
});

test.each<[string, Partial<SizingInput>, object]>([
  ['too small a share', { equity: 200 }, refusal('MIN_NOTIONAL', 5, 4)],
  ['no exposure left', { exposureNow: 4_996 }, refusal('MAX_EXPOSURE', 5, 4)],
  ['exposure over its limit', { exposureNow: 6_000 }, refusal('MAX_EXPOSURE', 5, -1000)],
  ['an empty wallet', { freeQuote: 0 }, refusal('INSUFFICIENT_BALANCE', 5, 0)],
  ['an account without equity', { equity: 0 }, refusal('INSUFFICIENT_BALANCE', 5, 0)],
  ['an account in debt', { equity: -5 }, refusal('INSUFFICIENT_BALANCE', 5, -5)],
  ['no risk allowed', { config: withRisk({ riskPerTradePct: 0 }) }, refusal('RISK_BUDGET', 5, 0)],
  ['a risk that is no number', { config: withRisk({ riskPerTradePct: NaN }) }, refusal('RISK_BUDGET', 5, 0)],
  ['a largest order below the least', { rules: { ...rules, maxQuantity: '0.00001' } }, refusal('LOT_SIZE', 5, 0.6)],
  [
    'a largest market order below the least',
    { rules: { ...rules, marketMaxQuantity: '0.00001' } },
    refusal('LOT_SIZE', 5, 0.6),
  ],
  ['a largest value below the least', { rules: { ...rules, maxNotional: '4' } }, refusal('MAX_NOTIONAL', 5, 4)],
  ['an order limit below the least', { config: withRisk({ maxOrderNotional: 4 }) }, refusal('ORDER_NOTIONAL', 5, 4)],
  [
    'live’s capital that is nearly used up',
    { config: withRisk({ liveCapitalCap: 104 }, { mode: 'live' }), exposureNow: 100 },
    refusal('LIVE_CAPITAL_CAP', 5, 4),
  ],
  [
    'a lot that is worth more',
    { rules: { ...rules, stepSize: '0.01', minQuantity: '0.01' } },
    refusal('MIN_NOTIONAL', 600, 200),
  ],
  [
    'a market lot that is worth more',
    { rules: { ...rules, marketMinQuantity: '0.01' } },
    refusal('MIN_NOTIONAL', 600, 200),
  ],
  ['a step that rounds to nothing', { rules: { ...rules, stepSize: '0.01' } }, refusal('MIN_NOTIONAL', 5, 200)],
  ['a stop at the price', { stopPrice: 60_000 }, refusal('INVALID_LEVELS', 60_000, 60_000)],
  ['a stop above the price', { stopPrice: 60_001 }, refusal('INVALID_LEVELS', 60_000, 60_001)],
  ['a stop at zero', { stopPrice: 0 }, refusal('INVALID_LEVELS', 60_000, 0)],
  ['a price that is no number', { price: NaN }, refusal('INVALID_LEVELS', 0, 59_400)],
  ['a stop that is no number', { stopPrice: 'x' }, refusal('INVALID_LEVELS', 60_000, 0)],
  ['a negative fee', { feeRate: -0.001 }, refusal('INVALID_LEVELS', 0, 0)],
  ['a fee of everything', { feeRate: 1 }, refusal('INVALID_LEVELS', 0, 0)],
  ['an ATR that is no number', { atrPct: NaN }, refusal('RISK_BUDGET', 5, 0)],
  ['a negative ATR', { atrPct: -1 }, refusal('RISK_BUDGET', 5, 0)],
  ['an exposure that is no number', { exposureNow: NaN }, refusal('MAX_EXPOSURE', 5, 0)],
  ['a balance that is no number', { freeQuote: 'lots' }, refusal('INSUFFICIENT_BALANCE', 5, 0)],
  ['an equity that is no number', { equity: Infinity }, refusal('INSUFFICIENT_BALANCE', 5, 0)],
  ['a negative position size', { config: { ...config, positionSizePct: -2 } }, refusal('MIN_NOTIONAL', 5, 0)],
])('%s is refused', (_name, over, expected) => {
  expect(sizeEntry(input(over))).toEqual(expected);
});

test('an order of just the least value is made', () => {
  expect(sizeEntry(input({ freeQuote: 60.06, rules: { ...rules, minNotional: '60' } }))).toMatchObject({
    notional: '60',
  });
  expect(sizeEntry(input({ freeQuote: 60.06, rules: { ...rules, minQuantity: '0.001' } }))).toMatchObject({
    quantity: '0.001',
  });
});

test('a fee of nothing is a fee', () => {
  expect(sizeEntry(input({ feeRate: 0 }))).toMatchObject({ riskAmount: '1.998' });
});

test('the volatility scale is 1 while the stop has its room, then falls in proportion', () => {
  const scale = (atrPct: number, tradingMode = config.tradingMode) =>
    volatilityScale(input({ atrPct, config: { ...config, tradingMode } })).toNumber();
  expect([scale(0), scale(1), scale(2), scale(4)]).toEqual([1, 1, 0.5, 0.25]);
  expect([scale(1, 'CONSERVATIVE'), scale(1, 'MODERATE')]).toEqual([0.5, expect.closeTo(2 / 3, 10)]);
});

test('a bolder mode is never stricter', () => {
  const [careful, middle, bold] = TRADING_MODES.map((mode) => MODES[mode]);
  for (const [a, b] of [
    [careful!, middle!],
    [middle!, bold!],
  ] as const) {
    expect(a.riskFactor).toBeLessThan(b.riskFactor);
    expect(a.maxEntriesPerCycle).toBeLessThan(b.maxEntriesPerCycle);
    expect(a.minConfidence).toBeGreaterThan(b.minConfidence);
    expect(a.stopRoomInAtr).toBeGreaterThan(b.stopRoomInAtr);
  }
  expect(bold!.riskFactor).toBe(1);
});

const positive = (max: number) => fc.double({ min: 1e-6, max, noNaN: true, noDefaultInfinity: true });
const anything = fc.record({
  equity: positive(1e8),
  freeQuote: positive(1e8),
  price: positive(1e6),
  stopShare: fc.double({ min: 0.001, max: 0.9999, noNaN: true }),
  atrPct: fc.double({ min: 0, max: 50, noNaN: true }),
  tradingMode: fc.constantFrom(...TRADING_MODES),
  positionSizePct: positive(100),
  riskPerTradePct: positive(10),
  maxExposurePct: positive(100),
  exposureNow: fc.double({ min: 0, max: 1e7, noNaN: true }),
  feeRate: fc.double({ min: 0, max: 0.01, noNaN: true }),
  step: fc.constantFrom('0.00000001', '0.00001', '0.001', '1', '100'),
});

test('no input makes the loss at the stop exceed the allowed risk, or the value any of its caps', () => {
  fc.assert(
    fc.property(anything, (at) => {
      const { equity, price, freeQuote, exposureNow, feeRate, tradingMode } = at;
      const stopPrice = price * at.stopShare;
      const own = withRisk(
        { riskPerTradePct: at.riskPerTradePct, maxExposurePct: at.maxExposurePct },
        { positionSizePct: at.positionSizePct, tradingMode },
      );
      const sized = sizeEntry(input({ ...at, stopPrice, config: own, rules: { ...rules, stepSize: at.step } }));
      if (!sized.approved) return;
      const quantity = Number(sized.quantity);
      const { riskFactor } = MODES[tradingMode];
      const slack = 1 + 1e-9;
      const lossAtStop = quantity * (price - stopPrice) + quantity * feeRate * (price + stopPrice);
      expect(lossAtStop).toBeLessThanOrEqual(((equity * at.riskPerTradePct) / 100) * riskFactor * slack);
      expect(Number(sized.riskAmount)).toBeCloseTo(lossAtStop, 4);
      expect(quantity * price).toBeLessThanOrEqual(((equity * at.positionSizePct) / 100) * riskFactor * slack);
      expect(quantity * price * (1 + feeRate)).toBeLessThanOrEqual(freeQuote * slack);
      expect(quantity * price + exposureNow).toBeLessThanOrEqual(((equity * at.maxExposurePct) / 100) * slack);
      expect(quantity * price).toBeGreaterThanOrEqual(5 / slack);
      expect(Math.abs(quantity / Number(at.step) - Math.round(quantity / Number(at.step)))).toBeLessThan(1e-4);
    }),
    { numRuns: 500 },
  );
});
