/**
 * What an empty installation gets: an administrator and, with the embedded default, a user who is trading already. An API
 * that is run by itself makes the administrator whom its settings name.
 */
import { FIRST_ADMIN, type Settings } from '../adapters/settings.js';
import { hashPassword } from './auth/passwords.js';
import { newPassword } from './auth/tokens.js';
import type { ApiDependencies } from './dependencies.js';
import { createAccount } from './services/accounts.js';
import { listedInstead, rulesSoon } from './services/listedSymbols.js';
import type { TradingService } from './services/trading.js';

export interface Credentials {
  email: string;
  password: string;
}

export interface FirstStart {
  credentials: Credentials;
  demo?: Demo;
}

export interface Demo extends Credentials {
  /** What it trades, where the exchange does not list the usual symbols. */
  symbols?: string[];
}

const DEMO = 'demo@localhost';

/** Null where there is an administrator already, or none to be made. */
export async function firstStart(
  deps: FirstStartDependencies,
  trading: TradingService,
  { adminEmail, adminPassword, demo: wantsDemo, embedded }: FirstStartSettings,
): Promise<FirstStart | null> {
  if (!embedded && !(adminEmail && adminPassword)) return null;
  if (await deps.repositories.users.hasAdministrator()) return null;
  const demo = embedded && wantsDemo ? await makeDemo(deps, trading) : undefined;
  // The administrator last: an installation without one was interrupted, and begins anew.
  const credentials = { email: adminEmail ?? FIRST_ADMIN, password: adminPassword ?? newPassword() };
  const made = await createAccount(deps, trading, { ...credentials, role: 'admin' });
  if (made) return { credentials, demo };
  deps.log.warn({ email: credentials.email }, 'no administrator was made: another account has this address');
  return null;
}

type FirstStartDependencies = Pick<ApiDependencies, 'repositories' | 'defaults' | 'log' | 'venue'>;
type FirstStartSettings = Pick<Settings, 'adminEmail' | 'adminPassword' | 'demo' | 'embedded'>;

async function makeDemo(deps: FirstStartDependencies, trading: TradingService): Promise<Demo> {
  const credentials = { email: DEMO, password: newPassword() };
  const rules = await rulesSoon(deps.venue, 'paper');
  const symbols = rules ? listedInstead(deps.defaults.symbols, rules) : deps.defaults.symbols;
  const config = {
    ...deps.defaults,
    symbols,
    tradingMode: 'AGGRESSIVE',
    mode: 'paper',
    tradingInterval: 5,
    timeframe: '1m',
  } as const;
  const { users } = deps.repositories;
  const made = await createAccount(deps, trading, { ...credentials, config });
  // Left by a first start that was interrupted before it told the password.
  const left = made ? null : await users.byEmail(DEMO);
  if (left) await users.update(left._id, { passwordHash: await hashPassword(credentials.password) });
  const user = made ?? left;
  if (user) startWhenPossible(deps, trading, user._id);
  const isUsual = deps.defaults.symbols.every((symbol) => symbols.includes(symbol));
  return { ...credentials, ...(isUsual ? {} : { symbols }) };
}

const TRY_EVERY_MS = 1_000;
const TRIES = 120;

/** The worker may come up after the API; a start that finds none is asked for again. */
function startWhenPossible(
  deps: Pick<ApiDependencies, 'log'>,
  trading: TradingService,
  userId: string,
  tries = TRIES,
): void {
  trading.start(userId, 'first start').catch((error: unknown) => {
    if (tries > 1) setTimeout(() => startWhenPossible(deps, trading, userId, tries - 1), TRY_EVERY_MS).unref();
    else deps.log.error({ userId, error: String(error) }, 'the demonstration could not be started');
  });
}
