import { EMPTY_FILTER, queryOf } from '../../../dashboard/src/features/orders/filter.js';
import { trading } from '../../../api/schemas/index.js';

test('every filter of the page is one that the API takes', () => {
  const filled = {
    symbol: 'BTC/USDT',
    status: 'FILLED',
    purpose: 'ENTRY',
    side: 'BUY',
    text: ' ctp ',
    from: '2026-11-23T08:00',
    to: '2026-11-23T09:00',
  };
  const query = queryOf(filled, 'p1');
  expect(query).toMatchObject({ q: 'ctp', positionId: 'p1', side: 'BUY' });
  expect(Date.parse(String(query['to'])) - Date.parse(String(query['from']))).toBe(3_600_000);
  const { data, error } = trading.ordersQuery.safeParse(query);
  expect(error).toBeUndefined();
  expect(data).toMatchObject({ symbol: 'BTC/USDT', status: 'FILLED', purpose: 'ENTRY', positionId: 'p1' });
});

test('what is not filled in, or is no time, asks for nothing', () => {
  expect(Object.values(queryOf({ ...EMPTY_FILTER, from: 'soon' })).filter(Boolean)).toEqual([]);
});
