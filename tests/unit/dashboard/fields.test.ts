import { BUILT_IN, tradingConfig } from '../../../adapters/config/tradingConfig.js';
import { changesOf, flatten, SECTIONS, wrong } from '../../../dashboard/src/features/settings/fields.js';

const fields = Object.values(SECTIONS).flat();

/** The built-in settings with one value replaced, as the server would check them. */
function serverAccepts(path: string, value: unknown): boolean {
  const config = structuredClone(BUILT_IN) as unknown as Record<string, unknown>;
  const [group, name] = path.split('.') as [string, string | undefined];
  if (name === undefined) config[group] = value;
  else (config[group] as Record<string, unknown>)[name] = value;
  return tradingConfig.safeParse(config).success;
}

describe('every number field accepts exactly what the server accepts', () => {
  for (const field of fields.filter((one) => one.kind === 'number'))
    test(field.path, () => {
      const { min, max } = field;
      for (const value of [min - 1, min - 1e-6, min, min + 1e-6, min + 1, min + 1.5, max - 1, max, max + 1e-3, max + 1])
        expect([value, wrong(field, value) === null]).toEqual([value, serverAccepts(field.path, value)]);
    });
});

test('the page has every setting that the server knows, but for notifications, which have a page of their own', () => {
  const known = Object.entries(BUILT_IN).flatMap(([key, value]) =>
    key === 'risk' || key === 'exits' ? Object.keys(value as object).map((name) => `${key}.${name}`) : [key],
  );
  expect(fields.map(({ path }) => path as string).sort()).toEqual(
    known.filter((key) => key !== 'notifications').sort(),
  );
});

test('an empty field, a word or no symbol at all is wrong', () => {
  const of = (path: string) => fields.find((field) => field.path === path)!;
  expect(wrong(of('maxDailyLossPct'), '')?.key).toBe('number');
  expect(wrong(of('maxPositions'), 'many')?.key).toBe('number');
  expect(wrong(of('maxPositions'), 2.5)?.key).toBe('integer');
  expect(wrong(of('symbols'), [])?.key).toBe('symbols');
  expect(wrong(of('timeZone'), 'Mars/Olympus')?.key).toBe('timeZone');
});

test('only what changed is sent, nested as the server takes it', () => {
  const before = flatten(BUILT_IN);
  expect(changesOf(before, before)).toEqual({});
  expect(
    changesOf(before, { ...before, maxDailyLossPct: '2.5', 'risk.maxSpreadPct': 0.2, symbols: ['BTC/USDT'] }),
  ).toEqual({
    maxDailyLossPct: 2.5,
    risk: { maxSpreadPct: 0.2 },
    symbols: ['BTC/USDT'],
  });
});
