import fc from 'fast-check';
import { Decimal } from '../../../trading/orders/decimal.js';
import { bindingCap, capsOf, meansOf } from '../../../trading/sizing/caps.js';
import type { SizingInput } from '../../../trading/sizing/index.js';
import { TRADING_MODES } from '../../../trading/types.js';
import { rules, withRisk } from '../risk/fixtures.js';

/** Amounts of every size, a few that coincide, and what no amount can be. */
const amount = fc.oneof(
  fc.double({ min: 0, max: 1e8, noNaN: true }),
  fc.constantFrom(0, 100, 10_000, 1e-9),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -5),
);
const percent = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(1, 2, 50), fc.constant(-1));

const inputs = fc
  .record({
    equity: fc.oneof(fc.double({ min: 1e-3, max: 1e8, noNaN: true }), fc.constant(10_000)),
    freeQuote: amount,
    exposureNow: amount,
    price: fc.oneof(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), fc.constant(100)),
    stopShare: fc.double({ min: 0.001, max: 0.9999, noNaN: true }),
    atrPct: fc.oneof(fc.double({ min: 0, max: 50, noNaN: true }), fc.constantFrom(Number.NaN, -1, 0)),
    tradingMode: fc.constantFrom(...TRADING_MODES),
    mode: fc.constantFrom('paper', 'live'),
    positionSizePct: percent,
    riskPerTradePct: percent,
    maxExposurePct: percent,
    maxOrderNotional: fc.constantFrom(0, 100, 1_000),
    liveCapitalCap: fc.constantFrom(0, 100, 10_000),
    feeRate: fc.constantFrom(0, 0.001, 0.0033),
  })
  .map(({ tradingMode, mode, positionSizePct, stopShare, riskPerTradePct, maxExposurePct, ...rest }): SizingInput => {
    const { maxOrderNotional, liveCapitalCap, ...money } = rest;
    const risk = { riskPerTradePct, maxExposurePct, maxOrderNotional, liveCapitalCap };
    const config = withRisk(risk, { tradingMode, mode, positionSizePct });
    return { ...money, stopPrice: money.price * stopShare, config, rules };
  });

test('the limit chosen by estimates is the least of all exact ones, of equal ones the first', () => {
  const chosen = new Set<string>();
  fc.assert(
    fc.property(inputs, (input) => {
      const equity = new Decimal(input.equity);
      const price = new Decimal(input.price);
      const exact = capsOf(input, equity, price).map(({ code, quantity }) => ({ code, quantity: quantity() }));
      const least = exact.reduce((a, b) => (b.quantity.lt(a.quantity) ? b : a));
      const found = bindingCap(input, equity, price);
      chosen.add(found.code);
      expect({ code: found.code, quantity: found.quantity.toFixed() }).toEqual({
        code: least.code,
        quantity: least.quantity.toFixed(),
      });
    }),
    { numRuns: 2_000, seed: 6 },
  );
  expect(chosen.size).toBeGreaterThanOrEqual(5);
});

test('an estimate is as good as the doubt that is left to it', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const equity = new Decimal(input.equity);
      const means = meansOf(input);
      if (!Number.isFinite(means)) return;
      for (const { about, quantity } of capsOf(input, equity, new Decimal(input.price))) {
        const exact = Math.max(0, quantity().toNumber());
        expect(Math.abs(about - exact)).toBeLessThanOrEqual(1e-10 * (means + exact));
      }
    }),
    { numRuns: 1_000, seed: 6 },
  );
});
