import fc from 'fast-check';
import { countUnits, growth } from '../../../trading/pnl/index.js';

const at = 1_000;
const begun = countUnits(undefined, { equity: 10_000, transfer: 0, marketTime: at });

describe('the value of a unit', () => {
  test('begins as what the account is worth, and follows what trading makes', () => {
    expect(begun).toEqual({ count: 1, since: at, value: 10_000 });
    expect(countUnits(begun, { equity: 10_100, transfer: 0, marketTime: 2_000 }).value).toBe(10_100);
  });

  test.each([10_000, -5_000, -9_999])('a transfer of %d does not move it', (transfer) => {
    const moved = countUnits(begun, { equity: 10_000 + transfer, transfer, marketTime: 2_000 });
    expect(moved).toMatchObject({ since: at, value: 10_000 });
    const gained = countUnits(moved, { equity: 1.02 * (10_000 + transfer), transfer: 0, marketTime: 3_000 });
    expect(gained.value).toBeCloseTo(10_200, 8);
  });

  test('is told apart where the account was emptied, as its count begins anew', () => {
    const emptied = countUnits(begun, { equity: 0, transfer: -10_000, marketTime: 2_000 });
    const filled = countUnits(emptied, { equity: 500, transfer: 500, marketTime: 3_000 });
    expect([emptied.since, filled]).toEqual([2_000, { count: 1, since: 3_000, value: 500 }]);
    const points = [begun, emptied, filled].map(({ value, since }) => ({ unitValue: value, unitsSince: since }));
    const [first, second, third] = points.map((point) => ({ equity: 1, ...point }));
    expect([growth(first!, second!), growth(second!, third!)]).toEqual([1, 1]);
  });

  test('an account that lost all has lost all', () => {
    const lost = countUnits(begun, { equity: 0, transfer: 0, marketTime: 2_000 });
    expect(lost).toEqual({ count: 1, since: at, value: 0 });
  });

  test('points of before, which have none, grow as their equity does', () => {
    expect(growth({ equity: 100 }, { equity: 110 })).toBe(1.1);
    expect(growth({ equity: 100 }, { equity: 110, unitValue: 55, unitsSince: 1 })).toBe(1.1);
    expect(growth({ equity: 0 }, { equity: 110 })).toBe(1);
    // Nobody trades an account down to nothing: it was taken out.
    expect(growth({ equity: 110 }, { equity: 0 })).toBe(1);
  });

  test('whatever is traded and moved, its growth is the product of the trading alone', () => {
    const step = fc.record({
      factor: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
      transfer: fc.double({ min: -0.9, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let equity = 1_000;
        let units = countUnits(undefined, { equity, transfer: 0, marketTime: at });
        let product = 1_000;
        for (const { factor, transfer: share } of steps) {
          const transfer = share * equity * factor;
          equity = equity * factor + transfer;
          product *= factor;
          units = countUnits(units, { equity, transfer, marketTime: at });
        }
        expect(Math.abs(units.value / product - 1)).toBeLessThan(1e-9);
      }),
    );
  });
});
