import { useQuery } from '@tanstack/react-query';
import { get, type Query } from './client.js';
import type {
  EquityPoint,
  MarketEntry,
  NotificationEntry,
  Page,
  PositionEntry,
  SignalEntry,
  StatusView,
  TradeEntry,
  TradingConfig,
  User,
} from './types.js';

/** The cache's keys; the stream writes to the same ones. */
export const keys = {
  me: ['me'],
  config: ['config'],
  status: ['status'],
  signals: ['signals'],
  positions: ['positions'],
  trades: ['trades'],
  notifications: ['notifications'],
  performance: ['performance'],
  market: ['market'],
} as const;

export const useMe = () => useQuery({ queryKey: keys.me, queryFn: () => get<User>('/api/me'), staleTime: Infinity });

export const useConfig = () =>
  useQuery({ queryKey: keys.config, queryFn: () => get<TradingConfig>('/api/config'), staleTime: 60_000 });

export const useStatus = () =>
  useQuery({
    queryKey: keys.status,
    queryFn: () => get<StatusView>('/api/trading/status'),
    refetchInterval: 15_000,
  });

export const usePositions = () =>
  useQuery({
    queryKey: keys.positions,
    queryFn: () => get<Page<PositionEntry>>('/api/positions', { limit: 100 }),
    refetchInterval: 10_000,
  });

export const useTrades = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.trades, query],
    queryFn: () => get<Page<TradeEntry>>('/api/trades', { limit: 500, ...query }),
  });

export const useSignals = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.signals, query],
    queryFn: () => get<Page<SignalEntry>>('/api/signals', { limit: 200, ...query }),
  });

export const useNotifications = () =>
  useQuery({
    queryKey: keys.notifications,
    queryFn: () => get<Page<NotificationEntry>>('/api/notifications', { limit: 200 }),
  });

export const useMarket = () =>
  useQuery({
    queryKey: keys.market,
    queryFn: () => get<{ items: MarketEntry[] }>('/api/market'),
    refetchInterval: 2_000,
  });

export interface Performance {
  equity: EquityPoint[];
  metrics: Record<string, number | null>;
}

export const usePerformance = (query: Query = {}) =>
  useQuery({
    queryKey: [...keys.performance, query],
    queryFn: () => get<Performance>('/api/performance', query),
    refetchInterval: 60_000,
  });
