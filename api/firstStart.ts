/** What an empty installation of the embedded default gets: an administrator, and a user who is trading already. */
import type { Settings } from '../adapters/settings.js';
import { newPassword } from './auth/tokens.js';
import type { ApiDependencies } from './dependencies.js';
import { createAccount } from './services/accounts.js';
import type { TradingService } from './services/trading.js';

export interface Credentials {
  email: string;
  password: string;
}

export interface FirstStart {
  credentials: Credentials;
  demo?: Credentials;
}

const ADMIN = 'admin@localhost';
const DEMO = 'demo@localhost';

/** Null where there are accounts already. */
export async function firstStart(
  deps: Pick<ApiDependencies, 'repositories' | 'defaults' | 'log'>,
  trading: TradingService,
  settings: Pick<Settings, 'adminEmail' | 'adminPassword' | 'demo'>,
): Promise<FirstStart | null> {
  if (!(await deps.repositories.users.isEmpty())) return null;
  const demo = settings.demo ? await makeDemo(deps, trading) : undefined;
  // The administrator last: an installation without one is empty still, and begins anew.
  const credentials = { email: settings.adminEmail ?? ADMIN, password: settings.adminPassword ?? newPassword() };
  await createAccount(deps, trading, { ...credentials, role: 'admin' });
  return { credentials, demo };
}

async function makeDemo(
  deps: Pick<ApiDependencies, 'repositories' | 'defaults' | 'log'>,
  trading: TradingService,
): Promise<Credentials> {
  const credentials = { email: DEMO, password: newPassword() };
  const config = {
    ...deps.defaults,
    tradingMode: 'AGGRESSIVE',
    mode: 'paper',
    tradingInterval: 5,
    timeframe: '1m',
  } as const;
  const user = await createAccount(deps, trading, { ...credentials, config });
  if (user) startWhenPossible(deps, trading, user._id);
  return credentials;
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
