/** A user's trading settings. */
import { applyPatch } from '../../adapters/config/defaults.js';
import { normalizeChange } from '../../adapters/config/designForm.js';
import type { TradingConfigPatch } from '../../adapters/config/tradingConfig.js';
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import type { UserDocument } from '../../adapters/database/documents.js';
import type { Totp } from '../auth/totp.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, invalid, notFound } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { trading as schemas } from '../schemas/index.js';
import { unlisted } from '../services/market.js';
import type { TradingService } from '../services/trading.js';

export const LIVE_EXCHANGE = 'binance';

export function configRoutes(deps: ApiDependencies, trading: TradingService, totp: Totp): Route[] {
  const { config: configs, audit, credentials, positions, status } = deps.repositories;

  async function stored(userId: string): Promise<StoredConfig> {
    const found = await configs.get(userId);
    if (!found) throw notFound('This account has no settings.');
    return found;
  }

  /** Live is entered with verified keys and a second factor, and only while nothing is open under the other mode. */
  async function checkModeChange(user: UserDocument, wanted: 'paper' | 'live'): Promise<void> {
    const state = await status.get(user._id);
    if (state && state.status !== 'STOPPED')
      throw conflict(`Stop trading first: the status is ${state.status}.`, 'STATE_CONFLICT');
    if ((await positions.open(user._id)).length > 0)
      throw conflict('Close the open positions first: they belong to the other mode.', 'POSITIONS_OPEN');
    if (wanted === 'paper') return;
    const keys = await credentials.get(user._id, LIVE_EXCHANGE);
    const missing = [
      ...(totp.isOn(user) ? [] : ['switch on two-factor sign-in']),
      ...(keys?.verifiedAt && !keys.problem ? [] : ['store exchange keys that are verified']),
    ];
    if (missing.length > 0) throw conflict(`Before live trading: ${missing.join(' and ')}.`, 'LIVE_NOT_ALLOWED');
  }

  async function checkSymbols(mode: 'paper' | 'live', symbols: readonly string[]): Promise<void> {
    const wrong = await unlisted(deps.venue(mode), symbols);
    if (wrong.length === 0) return;
    throw invalid(
      wrong.map(({ index, symbol }) => ({
        path: `symbols.${index}`,
        message: `${symbol} is not listed by the exchange`,
      })),
    );
  }

  const read = defineRoute({
    method: 'get',
    path: '/api/config',
    tag: 'Trading',
    summary: 'The settings',
    access: 'user',
    answers: { 200: schemas.config },
    handle: async ({ user }) => view(await stored(user._id)),
  });

  const put = defineRoute({
    method: 'put',
    path: '/api/config',
    tag: 'Trading',
    summary: "Replace the fields given, flat or in the original design's form; takes effect in the next cycle",
    access: 'user',
    body: schemas.configPut,
    answers: { 200: schemas.configPutAnswer },
    async handle({ user, body, ip }) {
      const { patch, warnings, contradictions } = normalizeChange(body);
      if (contradictions.length > 0) throw invalid(contradictions);
      const before = await stored(user._id);
      if (patch.mode !== undefined && patch.mode !== before.mode) {
        await checkModeChange(user, patch.mode);
        patch.entryPolicy ??= patch.mode === 'live' ? 'edge' : 'ensemble';
      }
      if (patch.symbols) await checkSymbols(patch.mode ?? before.mode, patch.symbols);
      if (!(await configs.put(user._id, patch))) throw notFound('This account has no settings.');
      const changes = changesBetween(before, patch);
      if (Object.keys(changes).length > 0) {
        await audit.append({ actorId: user._id, userId: user._id, action: 'config.update', changes, ip });
        await trading.configChanged(user._id);
      }
      return { ...view(await stored(user._id)), warnings };
    },
  });

  return [read, put];
}

const view = ({ createdAt, updatedAt, ...config }: StoredConfig) => ({
  ...config,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** Before and after of every field that differs. */
function changesBetween(before: StoredConfig, patch: TradingConfigPatch): Record<string, unknown> {
  const after = applyPatch(before, patch);
  const changed = Object.keys(patch) as (keyof TradingConfigPatch)[];
  return Object.fromEntries(
    changed
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, { from: before[name], to: after[name] }]),
  );
}
