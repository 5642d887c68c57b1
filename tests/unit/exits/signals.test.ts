import { signalExits } from '../../../trading/exits/index.js';

const held = (id: string, symbol: string, entryTime: number) => ({ id, symbol, entryTime });
const sell = (symbol: string, candleTime: number) => ({ symbol, candleTime });

describe('a SELL signal', () => {
  const positions = [held('a', 'BTC/USDT', 100), held('b', 'ETH/USDT', 100), held('c', 'BTC/USDT', 300)];

  test('leaves the holdings of its symbol that were there before its candle opened', () => {
    expect(signalExits([sell('BTC/USDT', 200)], positions)).toEqual([
      { positionId: 'a', symbol: 'BTC/USDT', reason: 'signal' },
    ]);
  });

  test('leaves nothing that was bought as its candle opened or later', () => {
    expect(signalExits([sell('BTC/USDT', 100)], positions)).toEqual([]);
    expect(signalExits([sell('BTC/USDT', 301)], positions).map(({ positionId }) => positionId)).toEqual(['a', 'c']);
  });

  test('for each symbol by itself; without any, nothing is left', () => {
    const exits = signalExits([sell('ETH/USDT', 200), sell('BTC/USDT', 200)], positions);
    expect(exits.map(({ positionId }) => positionId)).toEqual(['b', 'a']);
    expect(signalExits([], positions)).toEqual([]);
    expect(signalExits([sell('SOL/USDT', 900)], positions)).toEqual([]);
  });
});
