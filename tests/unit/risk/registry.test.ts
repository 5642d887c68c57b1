import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeRefusal } from '../../../trading/risk/describe.js';
import {
  checkEntry,
  CLOSED_CIRCUIT,
  entriesAllowed,
  type EntryCandidate,
  RISK_CHECKS,
  RISK_CODES,
  type RiskContext,
  runRiskChecks,
} from '../../../trading/risk/index.js';
import { candidate, context, markets, NOON, planned, position, snapshot, trade, withRisk } from './fixtures.js';

const root = join(import.meta.dirname, '../../..');

test('every check has a file of its own and all of them run', () => {
  const files = readdirSync(join(root, 'trading/risk/checks'));
  // accountBalance.ts asks about one thing at two moments: the account's balance, and what an entry may spend of it
  expect(RISK_CHECKS).toHaveLength(files.length + 1);
  expect(new Set(RISK_CHECKS.map(({ name }) => name)).size).toBe(RISK_CHECKS.length);
  for (const { name } of RISK_CHECKS) expect(name).toMatch(/^[a-z][A-Za-z]+$/);
});

/** Code and effect of each row of the table in docs/RISK.md. */
function documented(): [code: string, effect: string][] {
  const table = readFileSync(join(root, 'docs/RISK.md'), 'utf8')
    .split('## ')
    .find((section) => section.startsWith('Codes'))!;
  return [...table.matchAll(/^\| `([A-Z_]+)` \| ([^|]*) \|/gm)].map(([, code, effect]) => [code!, effect!]);
}

test('the table in docs/RISK.md has exactly the codes there are, in their order', () => {
  expect(documented().map(([code]) => code)).toEqual([...RISK_CODES]);
});

test('checks refuse only with codes that they declare, whatever the numbers', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(number, number, number, fc.nat(100), fc.boolean(), (pnlPct, cash, price, count, fleetHalted) => {
      const base = context();
      const over = context({
        fleetHalted,
        ordersLastMinute: count,
        account: { equity: cash, cash, reserved: 0, unexplained: price },
        day: { ...base.day, pnlPct, tradesToday: count },
        exchange: { ...base.exchange, errorRatePct: count, latencyMs: cash, clockOffsetMs: price },
      });
      for (const each of RISK_CHECKS) {
        const found =
          each.scope === 'account'
            ? each.check(over)
            : each.scope === 'symbol'
              ? each.check(over, 'BTC/USDT')
              : each.check(over, candidate({ price }));
        for (const { refusal } of found) expect(each.codes).toContain(refusal.code);
      }
    }),
  );
});

test('without market data the checks refuse and none of them throws', () => {
  const blind = context({ market: () => undefined, positions: [position()] });
  expect(runRiskChecks(blind)).toMatchObject({ riskState: 'HALTED', entriesAllowed: false });
  for (const each of RISK_CHECKS)
    if (each.scope === 'entry') expect(() => each.check(blind, candidate())).not.toThrow();
  expect(checkEntry(blind, candidate())).toMatchObject({ approved: false, code: 'ANOMALOUS_DATA' });
});

test('an entry is never approved while the verdict forbids entries for the whole account', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -5, max: 1, noNaN: true }),
      fc.boolean(),
      fc.nat(40),
      (pnlPct, fleetHalted, tradesToday) => {
        const base = context();
        const over = context({ fleetHalted, day: { ...base.day, pnlPct, tradesToday } });
        if (!runRiskChecks(over).entriesAllowed) expect(checkEntry(over, candidate()).approved).toBe(false);
      },
    ),
  );
});

test('asked only whether entries are allowed, the answer is the verdict’s, and never yes in an emergency', () => {
  const symbol = fc.constantFrom('calm', 'wild', 'unknown');
  fc.assert(
    fc.property(fc.double({ min: -5, max: 1, noNaN: true }), symbol, symbol, fc.boolean(), (pnlPct, btc, eth, idle) => {
      const base = context();
      const seen = (name: string, how: string) =>
        how === 'unknown' ? {} : { [name]: snapshot(name, how === 'wild' ? { spreadPct: 9 } : {}) };
      const over = context({
        day: { ...base.day, pnlPct, pnl: pnlPct * 100 },
        market: markets({ ...seen('BTC/USDT', btc), ...seen('ETH/USDT', eth) }),
        ...(idle ? { config: { ...base.config, symbols: [] } } : {}),
      });
      const verdict = runRiskChecks(over);
      expect(entriesAllowed(over)).toBe(verdict.entriesAllowed);
      if (verdict.emergency) expect(entriesAllowed(over)).toBe(false);
    }),
  );
});

describe('what each check says', () => {
  const base = context();
  const at = (risk: Parameters<typeof withRisk>[0], over: Parameters<typeof withRisk>[1] = {}) => ({
    config: withRisk(risk, over),
  });
  const anomaly = (code: 'GAPPED_DATA' | 'PRICE_JUMP', actual: number) => ({
    market: markets({
      'BTC/USDT': snapshot('BTC/USDT', {
        anomalies: [{ code, symbol: 'BTC/USDT', actual, limit: 1, unit: 'candles' }] as never,
      }),
    }),
  });
  const held = { positions: [position()] };
  /** For each code a state that brings it about, and the words that have to be in its sentence. */
  const cases: Record<string, { over?: object; entry?: object; says: string[] }> = {
    FLEET_HALTED: { over: { fleetHalted: true }, says: ['administrator'] },
    LIVE_KEYS_REFUSED: { over: { ...at({}, { mode: 'live' }), keyProblem: 'CAN_WITHDRAW' }, says: ['keys', 'rights'] },
    DAILY_LOSS_LIMIT: { over: { day: { ...base.day, pnlPct: -3.5 } }, says: ['-3.50 %', '3 %', '2024-08-06 00:00'] },
    DAILY_LOSS_NEAR: { over: { day: { ...base.day, pnlPct: -2.8 } }, says: ['-2.80 %', '3 %', '2024-08-06 00:00'] },
    MAX_DRAWDOWN: { over: { peakEquity: 13_000 }, says: ['-23.08 %', '20 %', 'recovers'] },
    DRAWDOWN_NEAR: { over: { peakEquity: 12_300 }, says: ['-18.70 %', '20 %', 'recovers'] },
    LOSING_STREAK: {
      over: { recentTrades: [1, 2, 3, 4].map(() => trade({ exitTime: NOON - 60_000 })) },
      says: ['4 losses', '2024-08-05 12:29'],
    },
    TRADES_PER_DAY: { over: { day: { ...base.day, tradesToday: 20 } }, says: ['20 trades', '2024-08-06 00:00'] },
    UNEXPLAINED_BALANCE: {
      over: { account: { ...base.account, unexplained: 50 } },
      says: ['0.5 %', '0.1 %', 'explained'],
    },
    API_CONNECTIVITY: {
      over: { exchange: { ...base.exchange, errorRatePct: 80 } },
      says: ['80 % errors', '50 % errors', 'answers'],
    },
    CIRCUIT_OPEN: {
      over: { circuit: { ...CLOSED_CIRCUIT, phase: 'open', openUntil: base.realNow + 4_000 } },
      says: ['4 s to the next probe', 'probes'],
    },
    CLOCK_SKEW: {
      over: { exchange: { ...base.exchange, clockOffsetMs: -1_500 } },
      says: ['1500 ms', '1000 ms', 'clocks agree'],
    },
    STALE_DATA: {
      over: { market: markets({ 'BTC/USDT': snapshot('BTC/USDT', { ageSeconds: 3_000 }) }) },
      says: ['10 candles', '3 candles', 'fresh data'],
    },
    ANOMALOUS_DATA: { over: anomaly('GAPPED_DATA', 4), says: ['4 candles', '1 candles', 'whole'] },
    MARKET_VOLATILITY: {
      over: { market: markets({ 'BTC/USDT': snapshot('BTC/USDT', { atrPercentile: 99 }) }) },
      says: ['99 percentile', '95 percentile', 'calms'],
    },
    SPREAD: {
      over: { market: markets({ 'BTC/USDT': snapshot('BTC/USDT', { spreadPct: 0.6 }) }) },
      says: ['0.6 %', '0.3 %', 'narrows'],
    },
    PRICE_GAP: { over: anomaly('PRICE_JUMP', 7), says: ['7 candles', '1 candles', 'without a jump'] },
    STOP_COOLDOWN: {
      over: { recentTrades: [trade({ exitReason: 'stop', exitTime: NOON - 300_000 })] },
      says: ['5 min', '30 min', '2024-08-05 12:25'],
    },
    LOW_CONFIDENCE: { entry: { confidence: 20 }, says: ['20 points', '40 points', 'stronger signal'] },
    MAX_ENTRIES_PER_CYCLE: { entry: { thisCycle: planned(3) }, says: ['4 entries', '3 entries', 'next cycle'] },
    MAX_POSITIONS: {
      over: { ...held, ...at({}, { maxPositions: 1 }) },
      says: ['2 positions', '1 positions', 'closes'],
    },
    MAX_POSITIONS_PER_SYMBOL: { over: held, says: ['2 positions', '1 positions', 'closes'] },
    MAX_EXPOSURE: { entry: { notional: 5_100 }, says: ['51 %', '50 %', 'closes'] },
    CORRELATED_EXPOSURE: { entry: { notional: 3_100 }, says: ['31 %', '30 %', 'closes'] },
    LIVE_CAPITAL_CAP: { over: at({ liveCapitalCap: 100 }, { mode: 'live' }), says: ['200 USDT', '100 USDT', 'closes'] },
    ORDER_NOTIONAL: { over: at({ maxOrderNotional: 100 }), says: ['200 USDT', '100 USDT', 'settings'] },
    ORDER_RATE: { over: { ordersLastMinute: 30 }, says: ['31 orders/min', '30 orders/min', 'minute'] },
    INSUFFICIENT_BALANCE: {
      over: { account: { ...base.account, cash: 100 } },
      says: ['200.20 USDT', '100 USDT', 'free'],
    },
    SLIPPAGE: { entry: { signalPrice: 59_500 }, says: ['0.84 %', '0.5 %', 'next signal'] },
    INVALID_LEVELS: { entry: { price: 59_000 }, says: ['59000 USDT', '59400 USDT', 'next signal'] },
    MIN_EDGE: { entry: { targetPrice: 60_120 }, says: ['-0.02 %', '0.1 %', 'next signal'] },
  };

  test('every code that a check declares has a case here', () => {
    expect(Object.keys(cases).sort()).toEqual([...new Set(RISK_CHECKS.flatMap(({ codes }) => codes))].sort());
  });

  const findings = (world: RiskContext, entry?: Partial<EntryCandidate>) =>
    RISK_CHECKS.flatMap((each) =>
      (each.scope === 'account'
        ? each.check(world)
        : each.scope === 'symbol'
          ? each.check(world, 'BTC/USDT')
          : each.check(world, candidate(entry))
      ).map((found) => ({ ...found, scope: each.scope })),
    );

  test.each(Object.entries(cases))('%s has the effect that its row in docs/RISK.md names', (code, { over, entry }) => {
    const { effect, scope, emergency, refusal } = findings(context(over), entry).find(
      ({ refusal }) => refusal.code === code,
    )!;
    const row = new Map(documented()).get(code);
    // What blocks, blocks a symbol or an entry; what halts or reduces holds for the account.
    const word = { halt: 'halts', reduce: 'reduces', warn: 'warns', block: scope }[effect];
    expect(row).toContain(word);
    expect(scope === 'account').toBe(effect !== 'block');
    if (emergency) expect(row).toContain('emergency');
    expect(refusal).toMatchObject({ approved: false, limit: expect.any(Number), actual: expect.any(Number) });
    expect(refusal.unit).toMatch(/[a-zA-Z%]/);
  });

  test.each(Object.entries(cases))(
    '%s tells what was limited, at which value, until when',
    (code, { over, entry, says }) => {
      const world = context(over);
      const found = findings(world, entry).find(({ refusal }) => refusal.code === code);
      const sentence = describeRefusal(found!.refusal, 'en');
      for (const words of says) expect(sentence).toContain(words);
      expect(sentence).toContain('until ');
      expect(describeRefusal(found!.refusal, 'ko')).toMatch(/까지$/);
    },
  );
});
