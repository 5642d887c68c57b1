/**
 * One user's order desk for the length of one activity attempt: the account, the books, the clock, and the word from
 * Temporal whether to go on. Everything that sends goes through ./place.ts.
 */
import { Context } from '@temporalio/activity';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import type { AccountExchange, Fence } from '../../adapters/exchange/port.js';
import type { SymbolRules, VenueMode } from '../../trading/types.js';
import { accountOf, type ActivityDependencies, type Venue } from '../dependencies.js';
import { InvariantBroken, NotFound } from '../failures.js';
import type { EventToSend, LogLine } from '../types.js';
import { isShadow, silentAccount } from './shadow.js';

/** How long a signed placement stays valid: short, because an unknown outcome can be decided only after it. */
export const FENCE_MS = process.env['CAMPAIGN'] === 'true' && process.env['ORDER_FENCE'] === 'off' ? 60_000 : 3_000;
/** The same for what protects or sells a holding, which is bare until the outcome is known. */
export const BARE_FENCE_MS = FENCE_MS > 3_000 ? FENCE_MS : 1_500;
/** How far the exchange's reads may lag behind its engine before absence is taken for proof, ms. */
export const READ_LAG_MS = 1_500;

export interface Desk {
  deps: ActivityDependencies;
  userId: string;
  mode: VenueMode;
  config: StoredConfig;
  venue: Venue;
  /** Live decides and nothing is sent (./shadow.ts). */
  shadow: boolean;
  account: AccountExchange;
  lines: LogLine[];
  events: EventToSend[];
  rules(symbol: string): Promise<SymbolRules>;
  /** The exchange's real time as far as our clock tells, ms. */
  exchangeNow(): number;
  fence(recvWindow?: number): Fence;
  /** A placement came too late for its fence: this machine or the way is slow, and the short fence is not for it. */
  late: boolean;
  /** Tells Temporal that this attempt lives. */
  heartbeat(note?: string): void;
  /** True once the workflow wants this step to end: bring what was begun to a safe state and begin nothing. */
  cancelled(): boolean;
  /** Waits, with heartbeats; ends early without an error when cancelled. */
  pause(ms: number): Promise<void>;
}

/**
 * @param options `settings`: where they were just read; `withoutSettings`: where they are gone, new users' settings stand
 *   in, in the mode last recorded
 */
export async function openDesk(
  deps: ActivityDependencies,
  userId: string,
  options: { withoutSettings?: boolean; settings?: Promise<StoredConfig> } = {},
): Promise<Desk> {
  const stored = await (options.settings ?? deps.repositories.config.get(userId));
  const config = stored ?? (options.withoutSettings ? await standIn(deps, userId) : null);
  if (!config) throw new NotFound(`user ${userId} has no trading settings`);
  const { venue, exchange } = await accountOf(deps, userId, config.mode);
  deps.watch?.(userId, config.mode);
  const context = Context.current();
  const exchangeNow = (): number => deps.now() + (venue.exchange.clockOffset() ?? 0);
  const shadow = isShadow(config);
  const desk: Desk = {
    deps,
    userId,
    mode: config.mode,
    config,
    venue,
    shadow,
    account: shadow ? silentAccount(exchange) : exchange,
    lines: [],
    events: [],
    late: false,
    async rules(symbol) {
      const rules = (await venue.exchange.market.symbolRules()).get(symbol);
      if (!rules) throw new InvariantBroken(`the exchange does not list ${symbol}`);
      return rules;
    },
    exchangeNow,
    fence: (recvWindow = FENCE_MS) => ({ timestamp: Math.floor(exchangeNow()), recvWindow }),
    heartbeat: (note) => beat(context, note),
    cancelled: () => context.cancellationSignal.aborted,
    pause: (ms) => pause(context, ms),
  };
  return desk;
}

async function standIn({ repositories, now }: ActivityDependencies, userId: string): Promise<StoredConfig> {
  const mode = (await repositories.status.get(userId))?.mode ?? 'paper';
  const at = new Date(now());
  return { ...loadDefaultConfig(), userId, mode, isEnabled: false, createdAt: at, updatedAt: at };
}

/** Nobody hears those of a step inside the workflow task; the SDK warned of each. */
function beat(context: Context, note?: string): void {
  if (!context.info.isLocal) context.heartbeat(note);
}

async function pause(context: Context, ms: number): Promise<void> {
  const until = Date.now() + ms;
  while (Date.now() < until) {
    beat(context);
    await new Promise((done) => setTimeout(done, Math.min(400, Math.max(1, until - Date.now()))));
  }
}

/**
 * Heartbeats by themselves while `work` goes on, so that a slow exchange is not taken for a dead worker and a
 * cancellation is heard within a second.
 */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => beat(context), 500);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
