import fc from 'fast-check';
import { exitDecisions, highestSince, MIN_STOP_MOVE_PCT } from '../../../trading/exits/index.js';
import type { ExitSettings, SymbolRules } from '../../../trading/types.js';
import { config, NOON, position, rules, snapshot } from '../risk/fixtures.js';

const at = (price: number) => snapshot('BTC/USDT', { price, bid: price, ask: price });
const decide = (
  price: number,
  exits: Partial<ExitSettings>,
  over: Parameters<typeof position>[0] = {},
  now = NOON,
  filters: Partial<SymbolRules> = {},
) => exitDecisions(position(over), at(price), { exits: { ...config.exits, ...exits } }, now, { ...rules, ...filters });

test('with everything off nothing is decided', () => {
  expect(decide(61_000, {})).toEqual([]);
});

test('only an open position with something in it is managed', () => {
  const rule = { trailingStopPct: 1 };
  expect(decide(61_000, rule, { status: 'CLOSING' })).toEqual([]);
  expect(decide(61_000, rule, { quantity: '0' })).toEqual([]);
});

describe('the trailing stop', () => {
  test('follows the highest price at its distance in percent of the entry', () => {
    expect(decide(61_000, { trailingStopPct: 1 })).toEqual([
      { kind: 'move-stop', stopPrice: '60400', rule: 'trailing' },
    ]);
  });
  test('remembers a higher price than the present one', () => {
    expect(decide(60_900, { trailingStopPct: 1 }, { highestPrice: '61100' })).toMatchObject([{ stopPrice: '60500' }]);
  });
  test('never goes down and is not moved for next to nothing', () => {
    expect(decide(60_000, { trailingStopPct: 1.5 })).toEqual([]);
    expect(decide(60_029.99, { trailingStopPct: 1 })).toEqual([]);
    expect(decide(60_030, { trailingStopPct: 1 })).toMatchObject([{ stopPrice: '59430' }]);
  });
  test('is put on tick, downwards', () => {
    expect(decide(61_000.77, { trailingStopPct: 1 }, {}, NOON, { tickSize: '0.5' })).toMatchObject([
      { stopPrice: '60400.5' },
    ]);
  });
  test('becomes a sale where the price has already fallen through it', () => {
    const sale = [{ kind: 'sell', fraction: 1, reason: 'trailing', rule: 'trailing' }];
    expect(decide(60_400, { trailingStopPct: 1 }, { highestPrice: '61000' })).toEqual(sale);
    expect(decide(60_401, { trailingStopPct: 1 }, { highestPrice: '61000' })).toMatchObject([{ kind: 'move-stop' }]);
  });
});

describe('the break-even move', () => {
  test('lifts the stop to the entry plus both fees once the gain was there', () => {
    expect(decide(60_600, { breakEvenAfterPct: 1 })).toEqual([
      { kind: 'move-stop', stopPrice: '60120', rule: 'breakEven' },
    ]);
    expect(decide(60_599, { breakEvenAfterPct: 1 })).toEqual([]);
    expect(decide(60_300, { breakEvenAfterPct: 1 }, { highestPrice: '60600' })).toHaveLength(1);
  });
  test('sells where the price is back already', () => {
    expect(decide(60_100, { breakEvenAfterPct: 1 }, { highestPrice: '60600' })).toEqual([
      { kind: 'sell', fraction: 1, reason: 'stop', rule: 'breakEven' },
    ]);
  });
  test('gives way to a trailing stop that is higher, and wins over a lower one', () => {
    expect(decide(61_000, { breakEvenAfterPct: 1, trailingStopPct: 1 })).toMatchObject([{ rule: 'trailing' }]);
    expect(decide(60_700, { breakEvenAfterPct: 1, trailingStopPct: 1 })).toMatchObject([{ rule: 'breakEven' }]);
  });
  test('needs no fee to be known', () => {
    expect(decide(60_600, { breakEvenAfterPct: 1 }, { entryQuantity: '0' })).toMatchObject([{ stopPrice: '60000' }]);
  });
});

describe('the partial take profit', () => {
  const rule = { partialTakeProfitPct: 1, partialTakeProfitFraction: 0.5 };
  test('sells its fraction once', () => {
    expect(decide(60_600, rule)).toEqual([{ kind: 'sell', fraction: 0.5, reason: 'target', rule: 'partial' }]);
    expect(decide(60_599, rule)).toEqual([]);
    expect(decide(60_600, rule, { partialTaken: true })).toEqual([]);
    expect(decide(60_600, { ...rule, partialTakeProfitFraction: 0 })).toEqual([]);
    expect(decide(61_000, { ...rule, partialTakeProfitPct: 0 })).toEqual([]);
  });
  test('goes together with a stop that moves, sale first', () => {
    expect(decide(61_000, { ...rule, trailingStopPct: 1 }).map(({ kind }) => kind)).toEqual(['sell', 'move-stop']);
  });
  test('never sells more than all, and all stands alone', () => {
    expect(decide(61_000, { ...rule, partialTakeProfitFraction: 3, trailingStopPct: 1 })).toEqual([
      { kind: 'sell', fraction: 1, reason: 'target', rule: 'partial' },
    ]);
  });
});

describe('a partial sale in a small position', () => {
  const rule = { partialTakeProfitPct: 1, partialTakeProfitFraction: 0.5 };
  const sold = { kind: 'sell', fraction: 0.5, reason: 'target', rule: 'partial' };
  test('is made where the exchange sells both parts, the rest at its stop, too', () => {
    expect(decide(60_600, rule, { quantity: '0.00017' })).toEqual([]); // 0.00008 x 60,000 = 4.80
    expect(decide(60_600, rule, { quantity: '0.00018' })).toEqual([sold]); // 0.00009 x 59,400 = 5.35
    expect(decide(60_600, rule, { quantity: '0.00018', stopPrice: '55500' })).toEqual([]); // 4.995 at the stop
    expect(decide(60_600, rule, { quantity: '0.00018', stopPrice: '60100' })).toEqual([sold]);
  });
  test('is not made where its rest would be too small, and the stop moves on for all of it', () => {
    const most = { ...rule, partialTakeProfitFraction: 0.7 };
    expect(decide(60_600, most, { quantity: '0.0002' })).toEqual([]); // leaves 0.00006, 3.60
    expect(decide(61_000, { ...most, trailingStopPct: 1 }, { quantity: '0.0002' })).toEqual([
      { kind: 'move-stop', stopPrice: '60400', rule: 'trailing' },
    ]);
    expect(decide(60_600, most, { quantity: '0.0004' })).toMatchObject([{ fraction: 0.7 }]);
  });
  test('counts in lots, and in those of market sales', () => {
    expect(decide(60_600, rule, { quantity: '0.019' }, NOON, { stepSize: '0.01' })).toEqual([]);
    expect(decide(60_600, rule, { quantity: '0.02' }, NOON, { stepSize: '0.01' })).toEqual([sold]);
    expect(decide(60_600, rule, { quantity: '0.02' }, NOON, { marketMinQuantity: '0.011' })).toEqual([]);
    expect(decide(60_600, rule, { quantity: '0.02' }, NOON, { marketStepSize: '0.02' })).toEqual([]);
  });
  test('leaves, whatever the holding, nothing that can not be sold', () => {
    const near = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(near, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (lots, fraction) => {
        const quantity = (lots / 1e5).toFixed(8);
        const [sale] = decide(60_600, { ...rule, partialTakeProfitFraction: fraction }, { quantity });
        if (!sale) return;
        const part = Math.floor(lots * fraction + 1e-9) / 1e5;
        expect(part * 60_000).toBeGreaterThanOrEqual(5 - 1e-9);
        expect((lots / 1e5 - part) * 59_400).toBeGreaterThanOrEqual(5 - 1e-9);
      }),
    );
  });
});

test('what the exchange would not sell at the bid is left as it is', () => {
  const rule = { maxHoldingMinutes: 1, trailingStopPct: 1 };
  expect(decide(61_000, rule, { quantity: '0.00008' })).toEqual([]);
  expect(decide(62_500, rule, { quantity: '0.00008' })).toMatchObject([{ kind: 'sell', fraction: 1 }]);
});

test('a trade whose time is over is sold, and that outranks all but the unprotected', () => {
  const rule = { maxHoldingMinutes: 60, trailingStopPct: 1, partialTakeProfitPct: 1, partialTakeProfitFraction: 0.5 };
  expect(decide(61_000, rule)).toEqual([{ kind: 'sell', fraction: 1, reason: 'time', rule: 'time' }]);
  expect(decide(60_000, { maxHoldingMinutes: 60 }, {}, NOON - 1)).toEqual([]);
});

test.each<[string, number, object[]]>([
  ['at the stop', 59_400, [{ kind: 'sell', fraction: 1, reason: 'stop', rule: 'unprotected' }]],
  ['at the target', 61_200, [{ kind: 'sell', fraction: 1, reason: 'target', rule: 'unprotected' }]],
  ['between them', 60_000, []],
])('a position without orders on the exchange, %s', (_name, price, expected) => {
  expect(decide(price, {}, { protection: null })).toEqual(expected);
  expect(decide(price, {})).toEqual([]);
  expect(decide(price, {}, { protection: null, stopPrice: '0', targetPrice: '0' })).toEqual([]);
});

test('a position with a stop alone is sold at its target, and left to its stop below', () => {
  const protection = { ...position().protection!, targetClientOrderId: '', kind: 'STOP' as const };
  expect(decide(61_199, {}, { protection })).toEqual([]);
  expect(decide(61_200, {}, { protection })).toEqual([
    { kind: 'sell', fraction: 1, reason: 'target', rule: 'unprotected' },
  ]);
  expect(decide(59_300, {}, { protection })).toEqual([]);
});

test('the highest price only rises', () => {
  expect(highestSince(position(), 59_000)).toBe('60000');
  expect(highestSince(position(), 60_000.5)).toBe('60000.5');
});

test('along any path the stop only rises, by its least step, and stays under the bid', () => {
  const exits = fc.record({
    trailingStopPct: fc.double({ min: 0.1, max: 5, noNaN: true }),
    breakEvenAfterPct: fc.double({ min: 0, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 55_000, max: 66_000, noNaN: true }), { maxLength: 30 }),
      exits,
      (path, rule) => {
        let held = position();
        for (const price of path) {
          held = { ...held, highestPrice: highestSince(held, price) };
          for (const decision of exitDecisions(held, at(price), { exits: { ...config.exits, ...rule } }, NOON, rules)) {
            if (decision.kind === 'sell') return;
            expect(Number(decision.stopPrice) - Number(held.stopPrice)).toBeGreaterThanOrEqual(
              (60_000 * MIN_STOP_MOVE_PCT) / 100 - 1e-6,
            );
            expect(Number(decision.stopPrice)).toBeLessThan(price);
            held = { ...held, stopPrice: decision.stopPrice };
          }
        }
      },
    ),
  );
});
