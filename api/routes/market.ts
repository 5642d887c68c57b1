/** What the exchange says: prices, rules, candles, the own balances; and how the account did. */
import type { ApiDependencies, ApiVenue } from '../dependencies.js';
import { invalid, notFound, refuse } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { market as marketSchemas, trading as schemas } from '../schemas/index.js';
import { createAccountViews } from '../services/account.js';
import { type CandleReader, createCandleReader } from '../services/candles.js';
import { unlisted, viewMarket } from '../services/market.js';
import { performanceOf } from '../services/performance.js';

export function marketRoutes(deps: ApiDependencies): Route[] {
  const { repositories } = deps;
  const accountView = createAccountViews(deps);
  const readers = new WeakMap<ApiVenue, CandleReader>();

  async function settingsOf(userId: string) {
    const found = await repositories.config.get(userId);
    if (!found) throw notFound('This account has no settings.');
    return found;
  }

  async function listed(venue: ApiVenue, symbols: readonly string[], path: (index: number) => string): Promise<void> {
    refuse(await unlisted(venue, symbols, path));
  }

  async function missingOnes(venue: ApiVenue, symbols: readonly string[]) {
    const named = symbols.length > 0 ? await unlisted(venue, symbols, (index) => symbols[index]!) : [];
    const problems = new Map(named.map(({ path, message }) => [path, message]));
    return symbols.map((symbol) => ({ symbol, problem: problems.get(symbol) ?? 'its price cannot be used' }));
  }

  const market = defineRoute({
    method: 'get',
    path: '/api/market',
    tag: 'Market',
    summary: 'Prices, anomalies, age of the data',
    access: 'user',
    query: marketSchemas.marketQuery,
    answers: { 200: marketSchemas.market },
    async handle({ user, query }) {
      const config = await settingsOf(user._id);
      const venue = deps.venue(config.mode);
      const asked = query.symbols?.split(',').map((name) => name.trim());
      if (asked) await listed(venue, asked, () => 'symbols');
      const symbols = asked ?? config.symbols;
      const items = await viewMarket(venue, symbols, config.timeframe);
      const without = symbols.filter((symbol) => !items.some((item) => item.symbol === symbol));
      return { items, missing: await missingOnes(venue, without) };
    },
  });

  const symbols = defineRoute({
    method: 'get',
    path: '/api/symbols',
    tag: 'Market',
    summary: 'What the exchange lists, with its filters',
    access: 'user',
    answers: { 200: marketSchemas.symbols },
    async handle({ user }) {
      const { mode } = await settingsOf(user._id);
      return { items: [...(await deps.venue(mode).exchange.market.symbolRules()).values()] };
    },
  });

  const candles = defineRoute({
    method: 'get',
    path: '/api/candles',
    tag: 'Market',
    summary: 'Candles for charts, the forming one included',
    access: 'user',
    query: marketSchemas.candlesQuery,
    answers: { 200: marketSchemas.candles },
    async handle({ user, query }) {
      const { mode } = await settingsOf(user._id);
      const venue = deps.venue(mode);
      const reader = readers.get(venue) ?? createCandleReader(venue);
      readers.set(venue, reader);
      // Whether a symbol is listed is the exchange's to say: one whose candles are known is not asked about again.
      if (!reader.knows(query.symbol)) await listed(venue, [query.symbol], () => 'symbol');
      if (query.from && query.to && query.from > query.to)
        throw invalid([{ path: 'to', message: 'must not be before from' }]);
      return reader.read({ ...query, limit: query.limit ?? 500 });
    },
  });

  const account = defineRoute({
    method: 'get',
    path: '/api/account',
    tag: 'Market',
    summary: 'Balances as the exchange has them; deposits and withdrawals seen',
    access: 'user',
    answers: { 200: schemas.account },
    handle: async ({ user }) => accountView(user._id, (await settingsOf(user._id)).mode),
  });

  const performance = defineRoute({
    method: 'get',
    path: '/api/performance',
    tag: 'History',
    summary: 'Equity curve and metrics; from and to are market time',
    access: 'user',
    query: schemas.performanceQuery,
    answers: { 200: schemas.performance },
    handle: ({ user, query }) => performanceOf(deps, user._id, query),
  });

  return [market, symbols, candles, account, performance];
}
