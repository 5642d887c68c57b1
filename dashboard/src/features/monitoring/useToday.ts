import { useMarketTime } from './useMarketTime.js';

/** The market's last 24 hours as a query; what follows comes by the stream. */
export function useToday(): { from: string } {
  return { from: new Date(useMarketTime() - 86_400_000).toISOString() };
}
