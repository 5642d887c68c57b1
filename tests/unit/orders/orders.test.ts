import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  assertTransition,
  canTransition,
  checkProtectionFilters,
  classifyRejection,
  clientOrderId,
  intentId,
  isDust,
  isFinal,
  isMultiple,
  isOwnOrder,
  mayBeOpen,
  ORDER_LEGS,
  ORDER_STATES,
  levelsFromFill,
  protectionLevels,
  resolveDeadline,
  resolveStep,
  roundPrice,
  roundQuantityDown,
  sellableQuantity,
  shortfallOf,
  sha256Hex,
  stateOfReport,
  TRANSITIONS,
  type OrderState,
  type ResolveAnswer,
} from '../../../trading/orders/index.js';
import type { Fill } from '../../../trading/types.js';
import { config, rules } from '../risk/fixtures.js';

describe('SHA-256', () => {
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(100_000), createHash('sha256').update('a'.repeat(100_000)).digest('hex')],
  ])('gives the standard’s vector', (text, digest) => expect(sha256Hex(text)).toBe(digest));

  test('agrees with Node for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) =>
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex')),
      ),
    );
  });
});

describe('ids', () => {
  const decision = { userId: 'u1', cycle: 7, symbol: 'BTC/USDT', purpose: 'ENTRY' as const };

  test('one decision has one id, another another', () => {
    const id = intentId(decision);
    expect(intentId({ ...decision, generation: 0 })).toBe(id);
    const others = [
      { userId: 'u2' },
      { cycle: 8 },
      { symbol: 'ETH/USDT' },
      { purpose: 'EXIT' as const },
      { generation: 1 },
      { epoch: 5 },
    ];
    expect(new Set([id, ...others.map((other) => intentId({ ...decision, ...other }))]).size).toBe(7);
    expect(id).toMatch(/^[a-z2-7]{24}$/);
  });

  test('client order ids fit the exchange, and no leg or generation shares one', () => {
    const ids = ORDER_LEGS.flatMap((leg) =>
      [0, 1, 2].map((generation) => clientOrderId({ intentId: 'i', leg, generation })),
    );
    expect(new Set(ids).size).toBe(18);
    for (const id of ids) {
      expect(id).toMatch(/^[a-zA-Z0-9-_]{1,36}$/);
      expect(isOwnOrder(id)).toBe(true);
    }
    expect(isOwnOrder('web_123')).toBe(false);
    expect(clientOrderId({ intentId: 'i', leg: 'stop', generation: 0 })).toMatch(/^ctp-s-/);
  });

  test('ids stay what they were: a change of them would send orders twice', () => {
    expect(intentId(decision)).toBe(PINNED_INTENT);
    expect(clientOrderId({ intentId: PINNED_INTENT, leg: 'entry', generation: 0 })).toBe(PINNED_ORDER);
  });
});
const PINNED_INTENT = 'fj5cf2477i7ajx27lxwxwp4q';
const PINNED_ORDER = 'ctp-e-3jcbeslehukc2xe5qd23kukt';

describe('the life of an order', () => {
  test('every state is reachable from the intent, and final ones end it', () => {
    const reached = new Set<OrderState>(['INTENT']);
    for (const state of reached) for (const next of TRANSITIONS[state]) reached.add(next);
    expect(reached.size).toBe(ORDER_STATES.length);
    expect(ORDER_STATES.filter(isFinal)).toEqual(['FILLED', 'CANCELLED', 'EXPIRED', 'REJECTED', 'SHADOW']);
    expect(ORDER_STATES.filter(mayBeOpen)).toEqual([
      'SUBMITTING',
      'ACKNOWLEDGED',
      'PARTIALLY_FILLED',
      'UNKNOWN',
      'ABANDONED',
    ]);
  });

  test.each<[OrderState, OrderState, boolean]>([
    ['INTENT', 'SUBMITTING', true],
    ['INTENT', 'FILLED', false],
    ['INTENT', 'UNKNOWN', false],
    ['SUBMITTING', 'UNKNOWN', true],
    ['SUBMITTING', 'FILLED', true],
    ['UNKNOWN', 'FILLED', true],
    ['UNKNOWN', 'SUBMITTING', false],
    ['UNKNOWN', 'ABANDONED', true],
    ['ACKNOWLEDGED', 'UNKNOWN', false],
    ['ACKNOWLEDGED', 'ABANDONED', false],
    ['PARTIALLY_FILLED', 'ACKNOWLEDGED', false],
    ['ABANDONED', 'FILLED', true],
    ['ABANDONED', 'REJECTED', false],
    ['FILLED', 'CANCELLED', false],
    ['CANCELLED', 'FILLED', false],
    ['REJECTED', 'SUBMITTING', false],
    ['FILLED', 'FILLED', true],
  ])('%s to %s: %s', (from, to, allowed) => {
    expect(canTransition(from, to)).toBe(allowed);
    if (allowed) expect(() => assertTransition(from, to)).not.toThrow();
    else expect(() => assertTransition(from, to)).toThrow(`an order cannot go from ${from} to ${to}`);
  });

  test('no walk leaves a final state', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER_STATES), { maxLength: 20 }), (walk) => {
        let state: OrderState = 'INTENT';
        for (const next of walk) {
          const before: OrderState = state;
          if (canTransition(state, next)) state = next;
          if (isFinal(before)) expect(state).toBe(before);
        }
      }),
    );
  });

  test.each([
    ['NEW', '0', 'ACKNOWLEDGED'],
    ['NEW', '0.1', 'PARTIALLY_FILLED'],
    ['PENDING_CANCEL', '0', 'ACKNOWLEDGED'],
    ['PENDING_NEW', '0', 'ACKNOWLEDGED'],
    ['PARTIALLY_FILLED', '1', 'PARTIALLY_FILLED'],
    ['FILLED', '1', 'FILLED'],
    ['CANCELED', '1', 'CANCELLED'],
    ['REJECTED', '0', 'REJECTED'],
    ['EXPIRED', '0', 'EXPIRED'],
    ['EXPIRED_IN_MATCH', '0', 'EXPIRED'],
  ])('the exchange’s %s with %s filled is %s', (status, executed, state) =>
    expect(stateOfReport(status, executed)).toBe(state),
  );

  test('a status that is not known is an error', () => expect(() => stateOfReport('MAYBE', '0')).toThrow('"MAYBE"'));
});

describe('rejections', () => {
  test.each([
    [-1013, 'definite'],
    [-1021, 'definite'],
    [-1022, 'definite'],
    [-1100, 'definite'],
    [-1199, 'definite'],
    [-2010, 'definite'],
    [-2014, 'definite'],
    [-2015, 'definite'],
    [429, 'definite'],
    [418, 'definite'],
    [-1099, 'unknown'],
    [-1200, 'unknown'],
    [-1000, 'unknown'],
    [-1001, 'unknown'],
    [-1006, 'unknown'],
    [-1007, 'unknown'],
    [-1008, 'unknown'],
    [500, 'unknown'],
    [502, 'unknown'],
    [503, 'unknown'],
    [504, 'unknown'],
    [403, 'unknown'],
    [0, 'unknown'],
    [NaN, 'unknown'],
    [-2011, 'unknown'],
    [-2013, 'unknown'],
  ])('%d is %s', (code, kind) => expect(classifyRejection(code)).toBe(kind));

  test('-2010 that says duplicate means that the order exists', () => {
    expect(classifyRejection(-2010, 'Duplicate order sent.')).toBe('duplicate');
    expect(classifyRejection(-2010, 'Account has insufficient balance for requested action.')).toBe('definite');
  });
});

describe('the fence', () => {
  const fence = { timestamp: 1000, recvWindow: 3000 };
  const no = (askedAt: number): ResolveAnswer[] =>
    (['query', 'openOrders', 'allOrders'] as const).map((source) => ({ source, found: false, askedAt }));
  const step = (serverTime: number, answers: ResolveAnswer[], more = {}) =>
    resolveStep({ sentAt: 900, fence, serverTime, marginMs: 500, answers, ...more });

  test('found is found, whoever says it and whenever', () => {
    expect(step(1001, [{ source: 'trades', found: true, askedAt: 950 }])).toBe('found');
    expect(step(9999, [...no(9000), { source: 'query', found: true, askedAt: 9000 }])).toBe('found');
  });
  test('absence before the deadline proves nothing', () => {
    expect(step(4500, no(4500))).toBe('wait');
    expect(step(9999, no(4500))).toBe('wait');
  });
  test('absence in all places after it is proof', () => {
    expect(step(4501, no(4501))).toBe('gone');
    expect(step(9999, no(4501).slice(1))).toBe('wait');
    expect(step(9999, no(4501), { required: ['query', 'trades'] })).toBe('wait');
    expect(step(9999, no(4501), { required: [] })).toBe('wait');
  });
  test('an answer from the future is none', () => expect(step(4501, no(4502))).toBe('wait'));
  test('the later of fence and sending counts', () => {
    expect(resolveDeadline({ sentAt: 2000, fence, marginMs: 500 })).toBe(5500);
    expect(resolveDeadline({ sentAt: 1, fence, marginMs: 500 })).toBe(4500);
  });
  test('a request that the exchange can still accept is never declared gone', () => {
    const time = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(
        time,
        time,
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(3000),
        time,
        fc.array(time, { maxLength: 4 }),
        (sentAt, timestamp, recvWindow, marginMs, serverTime, asked) => {
          const decision = resolveStep({
            sentAt,
            fence: { timestamp, recvWindow },
            serverTime,
            marginMs,
            answers: asked.flatMap(no),
          });
          if (decision === 'gone') expect(serverTime - timestamp).toBeGreaterThan(recvWindow);
        },
      ),
    );
  });
});

describe('rounding', () => {
  test.each([
    ['0.123456789', '0.00001', '0.12345'],
    ['1', '0.3', '0.9'],
    ['5', '0', '5'],
    ['0.00000001', '0.00000001', '0.00000001'],
    ['0.9', '1', '0'],
    ['123456789.123', '0.1', '123456789.1'],
  ])('%s down to step %s is %s', (quantity, step, expected) =>
    expect(roundQuantityDown(quantity, step)).toBe(expected),
  );
  test('prices go where they are told', () => {
    expect([
      roundPrice('10.015', '0.01', 'up'),
      roundPrice('10.015', '0.01', 'down'),
      roundPrice('10.015', '0.01', 'nearest'),
      roundPrice(10.014, '0.01', 'nearest'),
    ]).toEqual(['10.02', '10.01', '10.02', '10.01']);
    expect(roundPrice('10.01', '0.01', 'up')).toBe('10.01');
  });
  test('what is no number is named', () => {
    expect(() => roundPrice('abc', '0.01', 'up')).toThrow('price must be a finite decimal number, got "abc"');
    expect(() => roundQuantityDown(NaN, '0.01')).toThrow('quantity must be a finite decimal number');
    expect(() => roundQuantityDown('1', '-1')).toThrow('step must not be negative');
  });
  test('a rounded value is a multiple and never larger', () => {
    const step = fc.constantFrom('0.00000001', '0.001', '0.25', '1', '10');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), step, (value, by) => {
        const rounded = roundQuantityDown(value, by);
        expect(isMultiple(rounded, by)).toBe(true);
        expect(Number(rounded) <= value && value - Number(rounded) <= Number(by) * (1 + 1e-9) + value * 1e-15).toBe(
          true,
        );
        expect(rounded).not.toMatch(/e/i);
      }),
    );
  });
});

describe('protection', () => {
  const protect = {
    quantity: '0.01',
    stopPrice: '59400',
    targetPrice: '61200',
    rules,
    lastPrice: 60_000,
    feeRate: 0.001,
  };

  test('levels lie on tick, at their distance, both rounded up', () => {
    expect(protectionLevels({ entryPrice: '60000.01', config, rules })).toEqual({
      stopPrice: '59400.01',
      targetPrice: '61200.02',
    });
    expect(protectionLevels({ entryPrice: '10', config, rules: { ...rules, tickSize: '1' } })).toEqual({
      stopPrice: '9',
      targetPrice: '11',
    });
    expect(() => protectionLevels({ entryPrice: '0.5', config, rules: { ...rules, tickSize: '1' } })).toThrow(
      'BTC/USDT at 0.5: no stop 1 % below it on tick 1',
    );
  });
  describe('measured from the fill', () => {
    const coarse = { symbol: 'BTTC/USDT', tickSize: '0.00000001' };
    const distances = { stopLossPct: 1, takeProfitPct: 2 };
    const planned = (referencePrice: string, pct = distances) => ({
      referencePrice,
      ...protectionLevels({ entryPrice: referencePrice, config: pct, rules: coarse }),
      ...pct,
    });
    const scaledOnly = ({ referencePrice, stopPrice, targetPrice }: ReturnType<typeof planned>) => ({
      referencePrice,
      stopPrice,
      targetPrice,
    });
    test('a fill at the reference price keeps the levels of the plan', () => {
      expect(levelsFromFill('0.00000072', planned('0.00000072'), coarse.tickSize)).toEqual({
        stopPrice: '0.00000071',
        targetPrice: '0.00000074',
      });
    });
    test.each(['0.0000007201', '0.00000072144', '0.000000725'])(
      'a fill at %s, a little above, does not lift the stop to the market',
      (fill) => {
        const plan = planned('0.00000072');
        expect(levelsFromFill(fill, plan, coarse.tickSize)).toEqual({
          stopPrice: '0.00000071',
          targetPrice: '0.00000074',
        });
        expect(levelsFromFill(fill, scaledOnly(plan), coarse.tickSize).stopPrice).toBe('0.00000071');
      },
    );
    test('nor does one below it: the stop lies under the price at which it filled', () => {
      expect(levelsFromFill('0.000000715', planned('0.00000072'), coarse.tickSize).stopPrice).toBe('0.0000007');
    });
    test('a fill a whole tick higher takes its levels along', () => {
      expect(levelsFromFill('0.00000503', planned('0.00000502'), coarse.tickSize)).toEqual({
        stopPrice: '0.00000498',
        targetPrice: '0.00000514',
      });
    });
    test('the target is that of the percentage, not of one that was rounded before', () => {
      // 7.21e-7 + 2 % = 7.3542e-7; the plan's own 7.4e-7 is 2.8 % above its price.
      expect(levelsFromFill('0.000000721', planned('0.00000072'), coarse.tickSize).targetPrice).toBe('0.00000074');
      expect(levelsFromFill('0.000000793', planned('0.00000079'), coarse.tickSize).targetPrice).toBe('0.00000081');
    });
    test('a fill further up than the stop is away is left by a stop under it', () => {
      const near = planned('0.00000049', { stopLossPct: 0.1, takeProfitPct: 2 });
      expect(levelsFromFill('0.0000004905', near, coarse.tickSize).stopPrice).toBe('0.00000048');
    });
    test('a stop that no price is left for stands at the lowest one there is', () => {
      expect(levelsFromFill('0.00000001', planned('0.00000002'), coarse.tickSize).stopPrice).toBe('0.00000001');
    });
    test('whatever the fill, levels are on tick and as near as they can be, the stop under the tick that it filled on', () => {
      const tick = 1e-8;
      const ticks = fc.integer({ min: 3, max: 2_000 });
      const pct = fc.double({ min: 0.1, max: 20, noNaN: true });
      fc.assert(
        fc.property(ticks, pct, pct, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (at, stopPct, gain, slip) => {
          const plan = planned((at * tick).toFixed(8), { stopLossPct: stopPct, takeProfitPct: gain });
          const fill = at * tick * (1 + slip / 100);
          const { stopPrice, targetPrice } = levelsFromFill(fill, plan, coarse.tickSize);
          expect(isMultiple(stopPrice, coarse.tickSize) && isMultiple(targetPrice, coarse.tickSize)).toBe(true);
          const [exactStop, exactTarget] = [fill * (1 - stopPct / 100), fill * (1 + gain / 100)];
          expect(Number(stopPrice) - exactStop).toBeLessThan(tick * 1.001);
          expect(Number(stopPrice) - exactStop).toBeGreaterThan(-tick * 2.001);
          expect(Math.round(Number(stopPrice) / tick)).toBeLessThan(Math.floor(fill / tick + 1e-6));
          expect(Number(targetPrice) - exactTarget).toBeLessThan(tick * 1.001);
          expect(Number(targetPrice) - exactTarget).toBeGreaterThan(-tick * 0.001);
        }),
      );
    });
  });
  test('the protected quantity is what is left after the fee, on step', () => {
    expect(checkProtectionFilters(protect)).toEqual({ approved: true, quantity: '0.00999' });
    expect(checkProtectionFilters({ ...protect, feeRate: 0 })).toEqual({ approved: true, quantity: '0.01' });
  });
  test.each<[string, object, string, number, number]>([
    ['less than the lot', { rules: { ...rules, minQuantity: '0.01' } }, 'LOT_SIZE', 0.01, 0.00999],
    ['less than the market lot', { rules: { ...rules, marketMinQuantity: '0.01' } }, 'LOT_SIZE', 0.01, 0.00999],
    ['nothing after rounding', { rules: { ...rules, stepSize: '0.1', minQuantity: '0' } }, 'LOT_SIZE', 0, 0],
    ['more than the lot', { rules: { ...rules, maxQuantity: '0.009' } }, 'LOT_SIZE', 0.009, 0.00999],
    ['more than the market lot', { rules: { ...rules, marketMaxQuantity: '0.009' } }, 'LOT_SIZE', 0.009, 0.00999],
    ['a stop off tick', { stopPrice: '59400.001' }, 'PRICE_FILTER', 0.01, 59400.001],
    ['a target off tick', { targetPrice: '61200.001' }, 'PRICE_FILTER', 0.01, 61200.001],
    ['a stop of nothing', { stopPrice: '0' }, 'PRICE_FILTER', 0.01, 0],
    ['a stop at the price', { stopPrice: '60000' }, 'INVALID_LEVELS', 60_000, 60_000],
    ['a target at the price', { targetPrice: '60000' }, 'INVALID_LEVELS', 60_000, 60_000],
    ['a stop below the band', { rules: { ...rules, priceMultiplierDown: '0.995' } }, 'PERCENT_PRICE', 59_700, 59_400],
    ['a target above the band', { rules: { ...rules, priceMultiplierUp: '1.01' } }, 'PERCENT_PRICE', 60_600, 61_200],
    ['too little value at the stop', { rules: { ...rules, minNotional: '594' } }, 'MIN_NOTIONAL', 594, 593.406],
    ['too much value at the target', { rules: { ...rules, maxNotional: '611' } }, 'MAX_NOTIONAL', 611, 611.388],
    ['no room for another stop order', { openAlgoOrders: 5 }, 'MAX_NUM_ALGO_ORDERS', 5, 6],
  ])('%s is refused before the entry', (_name, over, code, limit, actual) => {
    expect(checkProtectionFilters({ ...protect, ...over })).toMatchObject({
      approved: false,
      symbol: 'BTC/USDT',
      code,
      limit,
      actual,
    });
  });
  test('bounds that are just met, or not there, let it pass', () => {
    const loose = {
      ...rules,
      maxNotional: undefined,
      priceMultiplierUp: undefined,
      priceMultiplierDown: undefined,
      maxAlgoOrders: undefined,
      marketMaxQuantity: '0',
    };
    const tight = {
      ...rules,
      minQuantity: '0.00999',
      maxQuantity: '0.00999',
      priceMultiplierDown: '0.99',
      priceMultiplierUp: '1.02',
      minNotional: '593.406',
      maxNotional: '611.388',
    };
    expect(checkProtectionFilters({ ...protect, rules: loose, openAlgoOrders: 99 }).approved).toBe(true);
    expect(checkProtectionFilters({ ...protect, rules: tight, openAlgoOrders: 4 }).approved).toBe(true);
  });
  test.each([
    ['0.00000999', 60_000, true],
    ['0.00008333', 60_000, true],
    ['0.00009', 60_000, false],
    ['0', 60_000, true],
    ['-1', 60_000, true],
  ])('%s at %d is dust: %s', (quantity, price, dust) => expect(isDust(quantity, price, rules)).toBe(dust));
  test('under the least quantity it is dust whatever it is worth', () =>
    expect(isDust('0.5', 1e9, { ...rules, minQuantity: '1' })).toBe(true));
  test('what can be sold is bought less sold less fees in the base asset', () => {
    const fill = (side: 'BUY' | 'SELL', quantity: string, fee: string, feeAsset: string): Fill => ({
      tradeId: '1',
      orderId: '1',
      symbol: 'BTC/USDT',
      side,
      price: '1',
      quantity,
      fee,
      feeAsset,
      time: 0,
    });
    expect(
      sellableQuantity(
        [fill('BUY', '1', '0.001', 'BTC'), fill('BUY', '1', '0.1', 'BNB'), fill('SELL', '0.5', '1', 'USDT')],
        rules,
      ),
    ).toBe('1.499');
    expect(sellableQuantity([fill('SELL', '0.5', '1', 'USDT')], rules)).toBe('0');
  });
});

test('missing is what is neither free nor locked by whatever order', () => {
  const wanted = '0.00200799';
  expect(shortfallOf({ wanted, free: '0.5', locked: '0' })).toBe('0');
  expect(shortfallOf({ wanted, free: '0.00050799', locked: '0.0015' })).toBe('0');
  expect(shortfallOf({ wanted, free: '0.00120799', locked: '0' })).toBe('0.0008');
  expect(shortfallOf({ wanted, free: '0', locked: '0' })).toBe(wanted);
});
