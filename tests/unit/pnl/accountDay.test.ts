import fc from 'fast-check';
import { type AccountBaseline, firstDayOf, followAccount } from '../../../trading/pnl/index.js';

const look = (more: Partial<Parameters<typeof followAccount>[1]> = {}): Parameters<typeof followAccount>[1] => ({
  day: '2024-08-05',
  equity: 1_000,
  open: [],
  trades: [],
  recognised: '1000',
  ...more,
});
const trade = (positionId: string, pnl: number, day = '2024-08-05') => ({ positionId, day, pnl, fees: 1 });
const begun = followAccount(null, look()).baseline;

describe('an account from look to look', () => {
  test('begins with what it finds', () => {
    expect(followAccount(null, look({ equity: 1_010, open: [{ id: 'p', pnl: 10 }] }))).toMatchObject({
      baseline: { day: '2024-08-05', dayStartEquity: 1_010, peakEquity: 1_010, capital: 1_000, recognised: '1000' },
      dailyPnl: 0,
      drawdownPct: 0,
      explainedEquity: 1_010,
      transfer: 0,
    });
  });

  test('profit is today’s, and the peak follows it', () => {
    const day = followAccount(begun, look({ trades: [trade('p', 20)], open: [{ id: 'q', pnl: 5 }] }));
    expect(day).toMatchObject({
      dailyPnl: 25,
      dailyPnlPct: 2.5,
      drawdownPct: 0,
      explainedEquity: 1_025,
      realizedPnl: 20,
      fees: 1,
    });
    expect(day.baseline.peakEquity).toBe(1_025);
    expect(followAccount(day.baseline, look({ trades: [trade('p', 20), trade('q', -45)] })).drawdownPct).toBeCloseTo(
      (50 / 1_025) * 100,
      9,
    );
  });

  test.each([500, -700])('a transfer of %d is neither profit nor loss, nor a drawdown, nor a peak', (amount) => {
    const held = look({ open: [{ id: 'p', pnl: -10 }] });
    const before = followAccount(begun, held);
    const after = followAccount(before.baseline, { ...held, recognised: String(1_000 + amount) });
    expect(after).toMatchObject({ transfer: amount, dailyPnl: -10, explainedEquity: 990 + amount });
    expect(after.baseline).toMatchObject({ dayStartEquity: 1_000 + amount, peakEquity: 1_000 + amount });
    expect(after.drawdownPct).toBeCloseTo((10 / (1_000 + amount)) * 100, 9);
    const again = followAccount(after.baseline, { ...held, recognised: String(1_000 + amount) });
    expect(again).toMatchObject({ transfer: 0, explainedEquity: 990 + amount });
  });

  test('a change that nobody has explained yet is in the equity and in nothing else', () => {
    const withdrawn = followAccount(begun, look({ equity: 300 }));
    expect(withdrawn).toMatchObject({ drawdownPct: 0, dailyPnl: 0, explainedEquity: 1_000, transfer: 0 });
    expect(withdrawn.baseline).toMatchObject({ peakEquity: 1_000, dayStartEquity: 1_000 });
  });

  test('a new day measures what is open from midnight on', () => {
    const evening = followAccount(begun, look({ trades: [trade('p', 20)], open: [{ id: 'q', pnl: 30 }] }));
    const open = [{ id: 'q', pnl: 25 }];
    const morning = followAccount(evening.baseline, look({ day: '2024-08-06', trades: [trade('p', 20)], open }));
    expect(morning).toMatchObject({ dailyPnl: 0, explainedEquity: 1_045, realizedPnl: 20 });
    expect(morning.baseline).toMatchObject({ dayStartEquity: 1_045, previousDay: '2024-08-05' });
    const closed = [trade('p', 20), trade('q', 10, '2024-08-06')];
    expect(followAccount(morning.baseline, look({ day: '2024-08-06', trades: closed }))).toMatchObject({
      dailyPnl: -15,
      explainedEquity: 1_030,
    });
  });

  test('a stop that filled before midnight and was recorded after it is lost to no day', () => {
    const evening = followAccount(begun, look({ open: [{ id: 'q', pnl: 30 }] }));
    const morning = followAccount(evening.baseline, look({ day: '2024-08-06', open: [{ id: 'q', pnl: 30 }] }));
    const late = look({ day: '2024-08-06', trades: [trade('q', -12)] });
    expect(followAccount(morning.baseline, late)).toMatchObject({
      dailyPnl: -42,
      explainedEquity: 988,
      realizedPnl: -12,
    });
    const nextDay = followAccount(followAccount(morning.baseline, late).baseline, { ...late, day: '2024-08-07' });
    expect(nextDay).toMatchObject({ dailyPnl: 0, explainedEquity: 988 });
    expect(followAccount(nextDay.baseline, look({ day: '2024-08-08' }))).toMatchObject({ explainedEquity: 988 });
  });

  test('over any days, transfers and trades the explained equity is capital and profit', () => {
    const step = fc.record({
      days: fc.nat(3),
      transfer: fc.integer({ min: -50, max: 50 }),
      pnls: fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let baseline: AccountBaseline = begun;
        let day = 5;
        let recognised = 1_000;
        const trades: ReturnType<typeof trade>[] = [];
        for (const [i, { days, transfer, pnls }] of steps.entries()) {
          day += days;
          recognised += transfer;
          const key = `2024-08-${String(day).padStart(2, '0')}`;
          for (const [j, pnl] of pnls.entries()) trades.push(trade(`${i}-${j}`, pnl, key));
          const from = firstDayOf(baseline, key);
          const known = trades.filter((one) => one.day >= from);
          const result = followAccount(baseline, look({ day: key, trades: known, recognised: String(recognised) }));
          const total = trades.reduce((sum, { pnl }) => sum + pnl, 0);
          expect(result.explainedEquity).toBeCloseTo(recognised + total, 6);
          expect(result.drawdownPct).toBeGreaterThanOrEqual(0);
          baseline = result.baseline;
        }
      }),
    );
  });
});
