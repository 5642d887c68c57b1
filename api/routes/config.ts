/** A user's trading settings. */
import { applyPatch } from '../../adapters/config/defaults.js';
import { normalizeChange } from '../../adapters/config/designForm.js';
import type { TradingConfigPatch } from '../../adapters/config/tradingConfig.js';
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import type { SessionDocument, UserDocument } from '../../adapters/database/documents.js';
import { LIVE_EXCHANGE } from '../../adapters/exchange/createVenues.js';
import { signInOnly } from '../auth/identify.js';
import type { SecondFactor } from '../auth/secondFactor.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, notFound, refuse } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { trading as schemas } from '../schemas/index.js';
import { checkFlat } from '../services/flatBook.js';
import { unlisted } from '../services/market.js';
import type { TradingService } from '../services/trading.js';

type Wanted = Pick<StoredConfig, 'mode' | 'shadow'>;

/** Who asks for live trading, and what they gave along with it. */
interface Asker {
  user: UserDocument;
  session: SessionDocument;
  confirmed: boolean;
}

export function configRoutes(deps: ApiDependencies, trading: TradingService, secondFactor: SecondFactor): Route[] {
  const { config: configs, audit, credentials, status } = deps.repositories;

  async function stored(userId: string): Promise<StoredConfig> {
    const found = await configs.get(userId);
    if (!found) throw notFound('This account has no settings.');
    return found;
  }

  /**
   * Another venue, or shadow mode on or off, is taken only while nothing is open. Live, and live without the shadow, is
   * entered with verified keys and a second factor; real money also with a confirmation and a code, by nobody's API token.
   *
   * @returns whether it takes the code
   */
  async function checkModeChange({ user, session, confirmed }: Asker, wanted: Wanted): Promise<boolean> {
    const state = await status.get(user._id);
    if (state && state.status !== 'STOPPED')
      throw conflict(`Stop trading first: the status is ${state.status}.`, 'STATE_CONFLICT');
    await checkFlat(deps.repositories, user._id, 'they belong to the other mode');
    if (wanted.mode === 'paper') return false;
    const keys = await credentials.get(user._id, LIVE_EXCHANGE);
    const missing = [
      ...(secondFactor.isOn(user) ? [] : ['switch on two-factor sign-in']),
      ...(keys?.verifiedAt && !keys.problem ? [] : ['store exchange keys that are verified']),
    ];
    if (missing.length > 0) throw conflict(`Before live trading: ${missing.join(' and ')}.`, 'LIVE_NOT_ALLOWED');
    if (wanted.shadow) return false;
    signInOnly(session);
    if (!confirmed)
      throw conflict(
        'Live trading sends real orders with real money. Send the same change again with "confirmLive": true and "totp", a code of your authenticator app.',
        'LIVE_NOT_CONFIRMED',
      );
    return true;
  }

  async function checkSymbols(mode: 'paper' | 'live', symbols: readonly string[]): Promise<void> {
    refuse(await unlisted(deps.venue(mode), symbols, (index) => `symbols.${index}`));
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
    async handle({ user, session, body, ip }) {
      const { confirmLive: confirmed = false, totp: code, ...change } = body;
      const { patch, warnings, contradictions } = normalizeChange(change);
      refuse(contradictions);
      const before = await stored(user._id);
      const wanted = { mode: patch.mode ?? before.mode, shadow: patch.shadow ?? before.shadow };
      const shadowMoves = wanted.mode === 'live' && wanted.shadow !== before.shadow;
      const moves = wanted.mode !== before.mode || shadowMoves;
      const needsCode = moves && (await checkModeChange({ user, session, confirmed }, wanted));
      if (patch.symbols) await checkSymbols(wanted.mode, patch.symbols);
      // Last of all, for a right code is used up by asking.
      if (needsCode) await secondFactor.confirm(user, code, ip);
      if (wanted.mode !== before.mode) patch.entryPolicy ??= wanted.mode === 'live' ? 'edge' : 'ensemble';
      if (!(await configs.put(user._id, patch, before)))
        throw conflict('Paper, live or the shadow was changed by somebody else meanwhile: look again.');
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
