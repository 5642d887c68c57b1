import type { ExitReason, Position } from '../types.js';

/** A holding to be sold now. */
export interface SignalExit {
  positionId: string;
  symbol: string;
  reason: Extract<ExitReason, 'signal'>;
}

/**
 * What accepted SELL signals ask to leave: the holdings of their symbols that were there before the signal's candle
 * opened. `candleTime` is that opening, market time in ms.
 */
export function signalExits(
  sells: readonly { symbol: string; candleTime: number }[],
  positions: readonly Pick<Position, 'id' | 'symbol' | 'entryTime'>[],
): SignalExit[] {
  return sells.flatMap(({ symbol, candleTime }) =>
    positions
      .filter((position) => position.symbol === symbol && position.entryTime < candleTime)
      .map((position) => ({ positionId: position.id, symbol, reason: 'signal' as const })),
  );
}
