import { createStartCheck, listedInstead } from '../../../api/services/listedSymbols.js';

const rules = (...symbols: string[]) =>
  new Map(symbols.map((symbol) => [symbol, { quote: symbol.split('/')[1]! }])) as never;

describe('the symbols of the demonstration', () => {
  const USUAL = ['BTC/USDT', 'ETH/USDT'];
  test.each([
    ['stay where all are listed', ['ETH/USDT', 'BTC/USDT'], USUAL],
    ['are those of them that are listed', ['XRP/USDT', 'ETH/USDT'], ['ETH/USDT']],
    ['are the first that are listed, quoted in USDT', ['BTC/EUR', 'SHIB/USDT', 'XRP/USDT'], ['SHIB/USDT', 'XRP/USDT']],
    ['are no more than there were', ['A/USDT', 'B/USDT', 'C/USDT'], ['A/USDT', 'B/USDT']],
    ['are in another currency where nothing is quoted in USDT', ['BTC/EUR', 'ETH/EUR'], ['BTC/EUR', 'ETH/EUR']],
    ['stay where nothing is listed', [], USUAL],
  ])('%s', (_what, listed, expected) => {
    expect(listedInstead(USUAL, rules(...listed))).toEqual(expected);
  });
});

describe('a start', () => {
  function check(symbols: string[], symbolRules: () => Promise<unknown>) {
    const config = { get: async () => ({ mode: 'paper', symbols }) };
    const venue = () => ({ exchange: { market: { symbolRules } } });
    return createStartCheck({ repositories: { config }, venue } as never)('u');
  }
  const lists = async () => rules('XRP/USDT', 'BTC/EUR');

  test('is refused where the exchange lists none of the symbols, and told what it lists', async () => {
    await expect(check(['BTC/USDT', 'ETH/USDT'], lists)).rejects.toMatchObject({
      status: 409,
      code: 'NOTHING_LISTED',
      detail:
        'The exchange lists none of your symbols (BTC/USDT, ETH/USDT): choose others in the settings, such as XRP/USDT, BTC/EUR.',
    });
  });
  test('is taken where one of them is listed', async () => {
    await check(['BTC/USDT', 'XRP/USDT'], lists);
  });
  test('is taken where the exchange cannot be asked, or this installation has none', async () => {
    await check(['BTC/USDT'], () => Promise.reject(new Error('fetch failed')));
    await check(['BTC/USDT'], () => {
      throw new Error('no such exchange');
    });
  });
});
