import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, hasSession, type Query } from './client.js';
import type {
  AccountAnswer,
  MarketEntry,
  Me,
  NotificationEntry,
  PerformanceAnswer,
  Page,
  PositionEntry,
  SignalEntry,
  StatusAnswer,
  TradeEntry,
  ConfigView,
} from './types.js';

/** The cache's keys; the stream writes to the same ones. */
export const keys = {
  me: ['me'],
  config: ['config'],
  status: ['status'],
  signals: ['signals'],
  orders: ['orders'],
  positions: ['positions'],
  trades: ['trades'],
  notifications: ['notifications'],
  performance: ['performance'],
  market: ['market'],
  account: ['account'],
} as const;

export const useMe = () =>
  useQuery({ queryKey: keys.me, queryFn: () => (hasSession() ? get<Me>('/api/me') : null), staleTime: Infinity });

/** Whether something is required of the account before most of the API is open to it. */
export const useLimited = () => (useMe().data?.required.length ?? 0) > 0;

export const useConfig = (enabled = true) =>
  useQuery({ queryKey: keys.config, queryFn: () => get<ConfigView>('/api/config'), staleTime: 60_000, enabled });

export const useStatus = () =>
  useQuery({
    queryKey: keys.status,
    queryFn: () => get<StatusAnswer>('/api/trading/status'),
    refetchInterval: 15_000,
  });

export const usePositions = (enabled = true) =>
  useQuery({
    queryKey: keys.positions,
    queryFn: () => get<Page<PositionEntry>>('/api/positions', { limit: 100 }),
    refetchInterval: 10_000,
    enabled,
  });

export const useTrades = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.trades, query],
    queryFn: () => get<Page<TradeEntry>>('/api/trades', { limit: 500, ...query }),
  });

const MOST_TRADES = 10_000;

/** Every closed trade of a period, up to 10,000, page after page. */
export const useAllTrades = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.trades, 'all', query],
    queryFn: async ({ signal }) => {
      const items: TradeEntry[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<TradeEntry> = await get('/api/trades', { limit: 500, ...query, cursor }, signal);
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && items.length < MOST_TRADES);
      return { items };
    },
  });

/** Balances change with every fill; a trade on the stream asks again. */
export const useAccount = () =>
  useQuery({ queryKey: keys.account, queryFn: () => get<AccountAnswer>('/api/account'), refetchInterval: 10_000 });

export const useSignals = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.signals, query],
    queryFn: () => get<Page<SignalEntry>>('/api/signals', { limit: 200, ...query }),
  });

/** The newest that match; without a question its key is the bare one, which every page's menu counts. */
export const useNotifications = (query: Query = {}) =>
  useQuery({
    queryKey: Object.keys(query).length === 0 ? keys.notifications : [...keys.notifications, query],
    queryFn: () => get<Page<NotificationEntry>>('/api/notifications', { limit: 200, ...query }),
  });

/** Prices come by the stream; only where none came for two seconds does a page ask for them. */
export function useMarket() {
  const client = useQueryClient();
  return useQuery({
    queryKey: keys.market,
    queryFn: () => {
      const state = client.getQueryState<{ items: MarketEntry[] }>(keys.market);
      const fresh = state?.data !== undefined && Date.now() - state.dataUpdatedAt < 1_900;
      return fresh ? state.data! : get<{ items: MarketEntry[] }>('/api/market');
    },
    refetchInterval: 2_000,
  });
}

export const usePerformance = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.performance, query],
    queryFn: () => get<PerformanceAnswer>('/api/performance', query),
    refetchInterval: 60_000,
  });
