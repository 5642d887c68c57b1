import { planEntries } from '../../../trading/entries/index.js';
import { signalExits } from '../../../trading/exits/index.js';
import { levelsFromFill } from '../../../trading/orders/index.js';
import { edgeRejections } from '../../../trading/signals/index.js';
import { config, context, markets, NOON, rules, snapshot } from '../risk/fixtures.js';

const market = { 'BTC/USDT': snapshot('BTC/USDT'), 'ETH/USDT': snapshot('ETH/USDT') };
const calm = () => context({ market: markets(market), positions: [], recentTrades: [] });
const bitcoin = { symbol: 'BTC/USDT', confidence: 70, signalPrice: market['BTC/USDT'].ask };
const ether = { symbol: 'ETH/USDT', confidence: 80, signalPrice: market['ETH/USDT'].ask };
const rulesOf = (symbol: string) => ({ ...rules, symbol, base: symbol.split('/')[0]! });

describe('planning entries', () => {
  test('takes the surest first and lets each count for the next', () => {
    const { plans, refusals } = planEntries(calm(), [bitcoin, ether], rulesOf);
    expect(plans.map(({ proposal }) => proposal.symbol)).toEqual(['ETH/USDT', 'BTC/USDT']);
    expect(refusals).toEqual([]);
    const one = { ...calm(), config: { ...config, maxPositions: 1 } };
    const limited = planEntries(one, [bitcoin, ether], rulesOf);
    expect(limited.plans.map(({ proposal }) => proposal.symbol)).toEqual(['ETH/USDT']);
    expect(limited.refusals.map(({ code }) => code)).toEqual(['MAX_POSITIONS']);
  });

  test('takes one of two that are one bet, where both together would be too large', () => {
    const tight = { ...config, positionSizePct: 20, risk: { ...config.risk, riskPerTradePct: 5 } };
    const both = (correlation: number) =>
      planEntries({ ...calm(), config: tight, correlation: () => correlation }, [bitcoin, ether], rulesOf);
    expect(both(0.5).plans.map(({ proposal }) => proposal.symbol)).toEqual(['ETH/USDT', 'BTC/USDT']);
    expect(both(0.9).plans.map(({ proposal }) => proposal.symbol)).toEqual(['ETH/USDT']);
    expect(both(0.9).refusals.map(({ code }) => code)).toEqual(['CORRELATED_EXPOSURE']);
  });

  test('gives a quantity on step, levels on tick and the price it was planned at', () => {
    const [plan] = planEntries(calm(), [bitcoin], rulesOf).plans;
    expect(plan).toMatchObject({ referencePrice: '60006', stopPrice: '59405.94', targetPrice: '61206.12' });
    expect(plan).toMatchObject({ stopLossPct: 1, takeProfitPct: 2 });
    expect(Number(plan!.quantity) * 1e5).toBeCloseTo(Math.round(Number(plan!.quantity) * 1e5), 6);
    expect(Number(plan!.notional)).toBeCloseTo(Number(plan!.quantity) * 60_006, 6);
  });

  test('leaves out a symbol without filters or market data', () => {
    const nothing = { plans: [], refusals: [] };
    expect(planEntries(calm(), [bitcoin], () => undefined)).toEqual(nothing);
    expect(planEntries({ ...calm(), market: () => undefined }, [bitcoin], rulesOf)).toEqual(nothing);
  });
});

describe('exits by signal', () => {
  const held = { id: 'p1', symbol: 'BTC/USDT', entryTime: NOON };
  test('sell what was there before the signal began, and nothing else', () => {
    const sold = [{ positionId: 'p1', symbol: 'BTC/USDT', reason: 'signal' }];
    expect(signalExits([{ symbol: 'BTC/USDT', candleTime: NOON + 1 }], [held])).toEqual(sold);
    expect(signalExits([{ symbol: 'BTC/USDT', candleTime: NOON }], [held])).toEqual([]);
    expect(signalExits([{ symbol: 'ETH/USDT', candleTime: NOON + 1 }], [held])).toEqual([]);
  });
});

describe("a plan's levels at the fill", () => {
  const plan = { referencePrice: '60006', stopPrice: '59405.94', targetPrice: '61206.12' };
  test('are its own at its own price, however the price is written', () => {
    for (const price of ['60006', '60006.000000000000000001', 60_006])
      expect(levelsFromFill(price, plan, '0.01')).toEqual({ stopPrice: '59405.94', targetPrice: '61206.12' });
  });
  test('move with the fill, up to the next tick', () => {
    expect(levelsFromFill('60106', plan, '0.01')).toEqual({ stopPrice: '59504.94', targetPrice: '61308.12' });
    expect(levelsFromFill('60106.01', plan, '0.01').stopPrice).toBe('59504.95');
  });
});

describe('the policy edge', () => {
  const edge = { entryPolicy: 'edge', stopLossPct: 1, takeProfitPct: 2 } as const;
  test('enters with a probability that covers the costs only, and never without one', () => {
    // (1 + 0.2) / 3 = 0.4
    expect(edgeRejections(edge, { type: 'BUY' }, 0.41, 0.001)).toEqual([]);
    expect(edgeRejections(edge, { type: 'BUY' }, 0.39, 0.001)).toEqual(['MODEL_BELOW_COSTS']);
    expect(edgeRejections(edge, { type: 'BUY' }, null, 0.001)).toEqual(['MODEL_BELOW_COSTS']);
    expect(edgeRejections(edge, { type: 'SELL' }, null, 0.001)).toEqual([]);
    expect(edgeRejections({ ...edge, entryPolicy: 'ensemble' }, { type: 'BUY' }, null, 0.001)).toEqual([]);
  });
});
