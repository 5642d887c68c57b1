import { setupProblems } from '../../../trading/signals/index.js';

const paths = (setup: Parameters<typeof setupProblems>[0]) => setupProblems(setup).map(({ path }) => path);

test('a setup that can be had has no problem', () => {
  expect(setupProblems({ strategy: 'sma-cross', params: { fast: 5, slow: 20 } })).toEqual([]);
  expect(setupProblems({ strategy: 'sma-cross', grid: { fast: [5, 50], stopLossPct: [1, 2] } })).toEqual([]);
});

test('every wrong value is named by its place', () => {
  expect(paths({ strategy: 'sma-cross', params: { fast: 0, nothing: 1, slow: 20 } })).toEqual([
    'params.fast',
    'params.nothing',
  ]);
  const grid = { fast: [5, 0], slow: [], stopLossPct: [0, 1, 100], takeProfitPct: [999, 1_000] };
  expect(paths({ strategy: 'sma-cross', grid })).toEqual([
    'grid.fast.1',
    'grid.slow',
    'grid.stopLossPct.0',
    'grid.stopLossPct.2',
    'grid.takeProfitPct.1',
  ]);
});

test('parameters that exclude each other, and a strategy that there is not', () => {
  expect(setupProblems({ strategy: 'sma-cross', params: { fast: 30, slow: 20 } })).toEqual([
    { path: 'params', message: 'sma-cross: fast (30) must be below slow (20)' },
  ]);
  expect(setupProblems({ strategy: 'alchemy', grid: { fast: [0] } })).toMatchObject([{ path: 'strategy' }]);
});
