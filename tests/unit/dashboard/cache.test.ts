import { QueryClient } from '@tanstack/react-query';
import { merged, upsert } from '../../../dashboard/src/stream/cache.js';

const any = () => true;

test('new entries stand in front, the newest first, and known ones are replaced where they are', () => {
  const items = [
    { id: 'b', v: 1 },
    { id: 'a', v: 1 },
  ];
  const entries = [
    { id: 'a', v: 2 },
    { id: 'c', v: 1 },
    { id: 'd', v: 1 },
  ];
  expect(merged(items, entries, any)).toEqual([
    { id: 'd', v: 1 },
    { id: 'c', v: 1 },
    { id: 'b', v: 1 },
    { id: 'a', v: 2 },
  ]);
});

test('an entry that no longer fits leaves the list, and one that never did stays out', () => {
  const open = ({ v }: { id: string; v: number }) => v > 0;
  expect(
    merged(
      [{ id: 'a', v: 1 }],
      [
        { id: 'a', v: 0 },
        { id: 'b', v: 0 },
      ],
      open,
    ),
  ).toEqual([]);
});

test('an event that comes twice is there once', () => {
  const entry = { id: 'a', v: 1 };
  expect(merged(merged([], [entry], any), [entry, entry], any)).toEqual([entry]);
});

test('the stream writes into every list of its kind whose question fits, and into nothing else', () => {
  const client = new QueryClient();
  const entry = { id: 'b', symbol: 'BTC/USDT' };
  const lists = [['trades'], ['trades', { symbol: 'BTC/USDT' }], ['trades', { symbol: 'ETH/USDT' }]];
  for (const key of lists) client.setQueryData(key, { items: [{ id: 'a' }], nextCursor: null });
  client.setQueryData(['trades', 'one'], { trade: undefined });
  upsert(client, ['trades'], [entry], ({ symbol }, question) => !question.symbol || question.symbol === symbol);
  expect(lists.map((key) => client.getQueryData<{ items: object[] }>(key)!.items.length)).toEqual([2, 2, 1]);
  expect(client.getQueryData(['trades', 'one'])).toEqual({ trade: undefined });
});
