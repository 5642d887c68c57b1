import { withoutModel } from '../../../trading/signals/index.js';
import type { Signal } from '../../../trading/types.js';

const signal = (type: Signal['type']): Signal => ({
  ...{ symbol: 'BTC/USDT', type, confidence: 61, entryPrice: 100, stopLoss: 99, takeProfit: 102, candleTime: 0 },
  reasons: ['a strategy said so'],
});

test('an entry that no model has seen keeps nine tenths of its confidence, and says why', () => {
  expect(withoutModel(signal('BUY'), 'no model yet', 'reduced')).toEqual({
    ...signal('BUY'),
    confidence: 55,
    reasons: ['no model yet: confidence reduced by a tenth', 'a strategy said so'],
  });
});

test('where the operator says so, it is no entry', () => {
  expect(withoutModel(signal('BUY'), 'no model yet', 'hold')).toMatchObject({
    type: 'HOLD',
    reasons: ['no model yet: no entry', 'a strategy said so'],
  });
});

test('where the operator says so, it stays as it is', () => {
  expect(withoutModel(signal('BUY'), 'no model yet', 'full')).toEqual(signal('BUY'));
});

test.each(['SELL', 'HOLD'] as const)('a %s asks no model', (type) => {
  for (const setting of ['reduced', 'hold', 'full'] as const)
    expect(withoutModel(signal(type), 'no model yet', setting)).toEqual(signal(type));
});
