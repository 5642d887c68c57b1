import { worthOf, holdingsOf, unexplainedOf } from '../../../dashboard/src/features/balances/account.js';
import type { AccountAnswer } from '../../../dashboard/src/api/types.js';

const NOTHING = {
  total: '0',
  before: '0',
  own: '0',
  foreign: '0',
  deposits: '0',
  withdrawals: '0',
  unrecorded: '0',
  difference: '0',
  pending: '0',
};
const account: AccountAnswer = {
  mode: 'paper',
  asOf: '2026-11-23T00:00:00.000Z',
  balances: [
    { asset: 'USDT', free: '90', locked: '10', total: '100' },
    { asset: 'BTC', free: '1', locked: '0', total: '1' },
  ],
  transfers: [],
  explained: [
    { ...NOTHING, asset: 'USDT', total: '100', before: '95', difference: '5.00000000', pending: '5' },
    { ...NOTHING, asset: 'ETH', before: '2', withdrawals: '-2' },
    { ...NOTHING, asset: 'SOL', total: '1', difference: '1' },
  ],
  notices: [],
};

test('every asset is listed once with its parts, also one that is gone, and one that nobody looked at yet', () => {
  expect(holdingsOf(account).map(({ asset, total, parts }) => [asset, total, parts?.before ?? null])).toEqual([
    ['BTC', '1', null],
    ['ETH', '0', '2'],
    ['SOL', '1', '0'],
    ['USDT', '100', '95'],
  ]);
  expect(holdingsOf({ ...account, explained: null }).every(({ parts }) => parts === null)).toBe(true);
});

test('unexplained is what trading has seen and could not explain, not what has just been filled', () => {
  expect(unexplainedOf(account).map(({ asset }) => asset)).toEqual(['USDT']);
  expect(unexplainedOf({ ...account, explained: null })).toEqual([]);
});

test('an asset is worth what its market says, and nothing is guessed where no market is watched', () => {
  const market = [{ symbol: 'BTC/USDT', price: 60_000 }];
  expect(worthOf({ asset: 'BTC', total: '0.5' }, market)).toBe(30_000);
  expect(worthOf({ asset: 'USDT', total: '12.5' }, [])).toBe(12.5);
  expect(worthOf({ asset: 'XRP', total: '3' }, market)).toBeNull();
  expect(worthOf({ asset: 'XRP', total: '0' }, market)).toBe(0);
});
