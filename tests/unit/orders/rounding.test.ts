import fc from 'fast-check';
import { Decimal, decimal } from '../../../trading/orders/decimal.js';
import { floorToStep, isMultiple, roundPrice } from '../../../trading/orders/rounding.js';

const steps = fc.constantFrom('1', '0.1', '0.01000000', '0.00001', '1e-8', '1.0', '10', '0.5', '0.25', '0.0003', '100');
const values = fc.oneof(
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc.integer({ min: 0, max: 1e9 }).map((cents) => cents / 100),
);
const ROUNDINGS = { up: Decimal.ROUND_UP, down: Decimal.ROUND_DOWN, nearest: Decimal.ROUND_HALF_UP } as const;

test('a step of one digit needs no division and gives what the division gives', () => {
  fc.assert(
    fc.property(values, steps, (value, step) => {
      const exact = new Decimal(value);
      for (const [direction, rounding] of Object.entries(ROUNDINGS)) {
        const found = roundPrice(value, step, direction as keyof typeof ROUNDINGS);
        expect(found).toBe(exact.toNearest(step, rounding).toFixed());
      }
      expect(floorToStep(exact, step).eq(exact.toNearest(step, Decimal.ROUND_DOWN))).toBe(true);
      expect(isMultiple(value, step)).toBe(exact.mod(step).isZero());
    }),
    { numRuns: 1_000, seed: 6 },
  );
});

test('a decimal that was read before is the same one, as text and as a number', () => {
  expect(decimal('0.001')).toBe(decimal('0.001'));
  expect(decimal(0.001).eq(decimal('0.001'))).toBe(true);
  expect(decimal(decimal('7'))).toBe(decimal('7'));
  expect(() => decimal(new Decimal(Number.NaN), 'price')).toThrow('price must be a finite decimal number');
  for (let index = 0; index < 1_000; index++) expect(decimal(index / 8).toNumber()).toBe(index / 8);
});
