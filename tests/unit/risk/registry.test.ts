import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkEntry, RISK_CHECKS, RISK_CODES, runRiskChecks } from '../../../trading/risk/index.js';
import { candidate, context } from './fixtures.js';

const root = join(import.meta.dirname, '../../..');

test('every check has a file of its own and all of them run', () => {
  const files = readdirSync(join(root, 'trading/risk/checks'));
  // accountBalance.ts asks about one thing at two moments: the account's balance, and what an entry may spend of it
  expect(RISK_CHECKS).toHaveLength(files.length + 1);
  expect(new Set(RISK_CHECKS.map(({ name }) => name)).size).toBe(RISK_CHECKS.length);
});

test('the table in docs/RISK.md has exactly the codes there are, in their order', () => {
  const table = readFileSync(join(root, 'docs/RISK.md'), 'utf8')
    .split('## ')
    .find((section) => section.startsWith('Codes'))!;
  const listed = [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(listed).toEqual([...RISK_CODES]);
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
